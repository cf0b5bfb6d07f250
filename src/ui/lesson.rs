//! What a lesson says: its words, its question with the choices, and the verdict.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::{BeatView, GameView, Lit, Panel, Player, Question, Row, Stuck, Table, TaskState};
use crate::app::{Colors, Id, Keymap, Model, Stage, Theme, View};

use super::Palette;
use super::bottom::{newest, sentence};
use super::choices::{Asking, asked, forms};
use super::plan::THREE_COLUMNS;
use super::prose;
use super::text::{cut, put, rule, width, wrap, wrap_values};

/// Draws the panel: its words, and where they leave room, why the last step went as it did, unless that stands in a
/// panel of its own. Whether the notes for the lecturer stand in it, if they are wanted.
pub(crate) fn draw(
    model: &Model,
    player: &Player,
    area: Rect,
    has_why: bool,
    buf: &mut Buffer,
    palette: &Palette,
) -> bool {
    if area.is_empty() {
        return false;
    }
    let rows = usize::from(area.height).saturating_sub(1);
    let telling = Telling::of(model, player, area.width, palette);
    let (lines, room) = telling.fitting(rows, has_why);
    let leaves = !room.own_run && left_own_run(player);
    if room.asking.headed {
        asked_from_the_rule(lines, area, buf, palette);
        return room.notes;
    }
    let taken = telling.heading(leaves, rows.saturating_sub(lines.len()), area, buf);
    let area = Rect { y: area.y + taken, height: area.height.saturating_sub(taken), ..area };
    let rows = rows.saturating_sub(taken.into());
    let (lines, room) = if taken == 0 { (lines, room) } else { telling.fitting(rows, has_why) };
    let free = rows.saturating_sub(lines.len());
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
    // Where a question was asked the words say why. It stands at the bottom, so that it stays where it is.
    let is_told = has_why || player.question().is_some() || shown_step(player).is_some();
    let has_room = free >= usize::from(WHY) && !is_told;
    let told = if has_room { why(model, usize::from(WHY) - 1, telling.cells) } else { Vec::new() };
    if !told.is_empty() {
        let below = Rect { y: area.bottom() - WHY, height: WHY, ..area };
        rule(buf, below, Span::styled("why", palette.strong), "", palette.muted);
        for (y, line) in (1..).zip(told) {
            put(buf, below, 1, y, &Line::raw(line));
        }
    }
    room.notes
}

/// Why the last step went as it did, in so many rows, where the lesson tells of it.
fn why(model: &Model, rows: usize, cells: usize) -> Vec<String> {
    let Some(stage) = model.stage().filter(|stage| stage.marks_step()) else { return Vec::new() };
    newest(&stage.why(), stage.headline().as_deref(), rows, cells)
}

/// A question that has no room below the title begins in its place.
fn asked_from_the_rule(lines: Vec<Line<'static>>, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let mut lines = lines.into_iter();
    let first = lines.next().map(|line| line.to_string()).unwrap_or_default();
    rule(buf, area, Span::styled(first, palette.strong), "", palette.muted);
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
}

/// Whether something that is told or asked has no room in this panel: the full text has it.
pub(crate) fn is_cut(model: &Model, player: &Player, area: Rect, has_why: bool, palette: &Palette) -> bool {
    let rows = usize::from(area.height).saturating_sub(1);
    !area.is_empty() && Telling::of(model, player, area.width, palette).fitting(rows, has_why).1.cuts()
}

/// Draws the notes for the lecturer, if they are wanted, at the top of an area: nothing that is asked stands there.
pub(crate) fn notes(model: &Model, area: Rect, buf: &mut Buffer, palette: &Palette) {
    let Some(notes) = model.stage().and_then(Stage::notes) else { return };
    let cells = usize::from(area.width).saturating_sub(2);
    let most = usize::from(area.height).saturating_sub(2);
    let lines = prose::at_most(prose::lines(&notes, cells, palette.accent, palette), most, cells);
    let area = Rect { height: (lines.len() as u16 + 2).min(area.height), ..area };
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area.intersection(buf.area), buf);
    let close = format!("{} puts them away", model.keymap().first(Id::Notes));
    rule(buf, area, Span::styled("for the lecturer", palette.accent), &close, palette.muted);
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
    let edge = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
    rule(buf, edge, Span::raw(""), "", palette.muted);
}

/// Whether it must be said that the lesson goes on in another run than the learner's.
fn left_own_run(player: &Player) -> bool {
    player.left_own_run() && !player.off_path()
}

/// How many rows all that is told takes at this width, the title included, but for what a task allows. Why a shown step
/// went as it did counts the same for each, so that the messages stay where they are from step to step.
pub(crate) fn wanted(model: &Model, player: &Player, width: u16) -> u16 {
    let room = Room::wanted(player, width);
    let why = if shown_step(player).is_some() { MOST_WHY } else { 0 };
    rows_of(model, player, width, room).saturating_add(why as u16)
}

/// The same with a question's words in one row.
pub(crate) fn least(model: &Model, player: &Player, width: u16) -> u16 {
    rows_of(model, player, width, Room { words: 1, ..Room::wanted(player, width) })
}

/// How many rows these of a lesson's words take, the title included.
fn rows_of(model: &Model, player: &Player, width: u16, room: Room) -> u16 {
    let palette = Palette::of(Theme::Mono, Colors::None, None);
    u16::try_from(Telling::of(model, player, width, &palette).lines(room).len() + 1).unwrap_or(u16::MAX)
}

/// How many rows an answer takes at least at this width, the title included, if a question is answered: what happens and
/// what was guessed are whole.
pub(crate) fn answered(model: &Model, player: &Player, width: u16) -> Option<u16> {
    player.question().filter(|question| !question.is_open() && !player.off_path())?;
    let room = Room { words: 1, reason: 0, terms: 0, told: 1, own_run: false, notes: false, ..Room::all(true) };
    Some(rows_of(model, player, width, room))
}

/// The most rows of why a shown step went as it did.
const MOST_WHY: usize = 2;

/// The cells of a title's line besides its two texts.
const RULE: usize = 8;

/// From this height on a slide's phrase may have lines of its own.
const TALL: u16 = 12;

/// The rows of the why below a lesson's words.
const WHY: u16 = 3;

/// Which signs stand above the words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signs {
    /// The lights, and the rule that is switched off.
    All,
    /// The lights alone.
    Lights,
    /// The lights that went out, and of the others as many as the same rows hold.
    OutFirst,
}

/// What of a beat is shown where not all of it fits.
#[derive(Clone, Copy)]
struct Room {
    signs: Signs,
    /// At most so many rows of what was broken.
    broken: usize,
    /// At most so many rows of the beat's words.
    words: usize,
    /// At most so many of why the answer is what it is.
    reason: usize,
    asking: Asking,
    /// At most so many rows of what a task allows.
    terms: usize,
    /// Why the last step went as it did is told in a panel of its own.
    has_why: bool,
    /// At most so many rows of why a shown step went as it did.
    told: usize,
    /// That the learner's own run is left.
    own_run: bool,
    /// The notes for the lecturer.
    notes: bool,
}

impl Room {
    /// Whether something that is told or asked is cut.
    fn cuts(self) -> bool {
        self.reason < usize::MAX || self.broken < usize::MAX || self.signs != Signs::All
    }

    /// What a lesson has rows for, if it can.
    fn wanted(player: &Player, width: u16) -> Self {
        // For a question nothing gives way but what it needs itself.
        let asks = player.question().is_some_and(|question| question.is_open()) && !player.off_path();
        let room = Self { terms: 0, notes: !asks, own_run: !asks, ..Self::all(true) };
        match width < THREE_COLUMNS {
            true if asks => Self { signs: Signs::OutFirst, ..room },
            // Where lines are short, so are the lists: what a task allows is worth a row of them.
            true => Self { terms: usize::MAX, ..room },
            false => room,
        }
    }

    /// Everything.
    const fn all(has_why: bool) -> Self {
        let (words, reason, terms, told) = (usize::MAX, usize::MAX, usize::MAX, MOST_WHY);
        let asking = Asking { rows: usize::MAX, form: 0, headed: false };
        let (signs, broken) = (Signs::All, usize::MAX);
        Self { signs, broken, words, reason, asking, terms, has_why, told, own_run: true, notes: true }
    }
}

/// What is told of a lesson now, in lines of so many cells.
struct Telling<'a> {
    model: &'a Model,
    player: &'a Player,
    beat: BeatView,
    cells: usize,
    palette: &'a Palette,
}

impl<'a> Telling<'a> {
    fn of(model: &'a Model, player: &'a Player, width: u16, palette: &'a Palette) -> Self {
        Self { model, player, beat: player.beat(), cells: usize::from(width).saturating_sub(2), palette }
    }

    /// The beat's title and its slide; how many lines of the slide stand below the title. `free`: how many rows nothing else
    /// needs.
    fn heading(&self, leaves: bool, free: usize, area: Rect, buf: &mut Buffer) -> u16 {
        let Self { model, player, beat, palette, .. } = self;
        // Off the path no slide shows what is to be seen here.
        let slide = beat.slide.as_ref().filter(|_| !player.off_path());
        let mut slide = match slide {
            _ if leaves => {
                format!("the lesson's own run; {}: yours", model.keymap().first(Id::View(View::Runs)))
            }
            Some(slide) => format!("slide: {slide}"),
            None => String::new(),
        };
        let future = beat
            .futures
            .get(beat.future)
            .filter(|_| beat.futures.len() > 1 && beat.table.is_none() && !player.off_path());
        let future = future.map(|name| format!(" · {} of {}: {name}", beat.future_number, beat.futures.len()));
        let title = format!("{}{}", beat.title, future.unwrap_or_default());
        // What does not fit beside the title stands below it, where there are lines enough.
        let short = area.height < TALL && wrap_values(&slide, self.cells).len() > free;
        let fits = width(&title) + width(&slide) + RULE <= area.width.into() || short;
        let below = if fits { String::new() } else { std::mem::take(&mut slide) };
        let beside = if leaves { palette.accent } else { palette.muted };
        rule(buf, area, Span::styled(title, palette.accent), &slide, beside);
        let below = wrap_values(&below, self.cells).into_iter().map(|line| Line::styled(line, palette.muted));
        let mut taken = 0;
        for line in below {
            taken += 1;
            put(buf, area, 1, taken, &line);
        }
        taken
    }

    /// The lines, as few as there is room for, and which they are: what is asked or answered matters. First the notes give way,
    /// then why a step was shown that went so, what was broken to the words about it, and of the signs those that say that
    /// all is well; then the terms of a task to its words and a hint; then the beat's words are cut,
    /// then the choices that are longest; then the title, and what stands before the question itself, or the end of an answer;
    /// each with a mark.
    fn fitting(&self, rows: usize, has_why: bool) -> (Vec<Line<'static>>, Room) {
        let lines = |room: Room| self.lines(room);
        let all = Room::all(has_why);
        let alone = Room { notes: false, ..all };
        let brief = Room { told: 1, ..alone };
        let own = Room { own_run: false, ..brief };
        for room in [all, alone, brief, own] {
            let lines = lines(room);
            if lines.len() <= rows {
                return (lines, room);
            }
        }
        // The lights that are out say in a word what was broken: only where there are some it gives way to the words. An
        // answer may be what they show.
        let answered = self.player.question().is_some_and(|question| !question.is_open());
        let is_lit = !answered && !self.player.lights().is_empty();
        let [lights, out] = [Signs::Lights, Signs::OutFirst].map(|signs| Room { signs, ..own });
        for room in [own, lights, out].into_iter().filter(|_| is_lit) {
            let rest = lines(Room { broken: 0, ..room }).len();
            if rest <= rows {
                let room = Room { broken: rows - rest, ..room };
                return (lines(room), room);
            }
        }
        let bare = if is_lit { Room { broken: 0, ..out } } else { own };
        let bare = Room { terms: 0, ..bare };
        // A row that nothing else needs tells a part of what a task allows.
        let part = Room { terms: rows.saturating_sub(lines(bare).len()), ..bare };
        let whole = lines(part);
        if whole.len() <= rows {
            return (whole, part);
        }
        let least = Room { words: 0, reason: 0, ..bare };
        let rest = lines(Room { words: usize::MAX, ..least }).len();
        if rest <= rows {
            return (lines(Room { words: usize::MAX, reason: rows - rest, ..least }), least);
        }
        let rest = lines(least).len();
        if rest < rows {
            return (lines(Room { words: rows - rest, ..least }), least);
        }
        // What happens and what was guessed stay whole before what is said to them.
        if answered && !self.player.off_path() {
            return (prose::at_most(lines(Room { words: usize::MAX, ..least }), rows, self.cells), least);
        }
        self.choosing(rows, least)
    }

    /// The lines where not even the choices fit whole. A row of the words stays, if there are any: a cut carries its mark.
    fn choosing(&self, rows: usize, least: Room) -> (Vec<Line<'static>>, Room) {
        let with = |choices: usize| Room { asking: Asking { rows: choices, ..least.asking }, ..least };
        let short = with(0);
        let rest = self.lines(short).len();
        let words = usize::from(self.lines(Room { words: 1, ..short }).len() > rest);
        let question = self.player.question();
        if let Some(free) = rows.checked_sub(rest + words) {
            let choices = question.map_or(0, |question| question.choices.len()) + free;
            return (self.lines(Room { words, ..with(choices) }), with(choices));
        }
        match question {
            Some(question) => self.asking_alone(&question, rows, short),
            None => (prose::at_most(self.lines(Room { words: 1, ..short }), rows, self.cells), short),
        }
    }

    /// A question with its choices in a row each: what stands before it gives way first, then the title.
    fn asking_alone(&self, question: &Question, rows: usize, short: Room) -> (Vec<Line<'static>>, Room) {
        let laid = |room: Room| {
            let lines = self.lines(room);
            let over = lines.len().saturating_sub(rows + usize::from(room.asking.headed));
            (room, lines, over)
        };
        let asks = asked(question, None, self.cells, short.asking, self.palette).len();
        let first = laid(short);
        let before = first.1.len().saturating_sub(asks);
        let rooms = (0..forms(&question.ask).len()).flat_map(|form| [false, true].map(|headed| (form, headed)));
        let rooms = rooms.map(|(form, headed)| Room { asking: Asking { rows: 0, form, headed }, ..short });
        let (room, mut lines, skipped) = rooms.map(laid).find(|(_, _, over)| *over <= before).unwrap_or(first);
        lines.drain(..skipped);
        if let Some(first) = lines.first_mut().filter(|_| skipped > 0) {
            first.spans.insert(0, Span::raw("… "));
        }
        (lines, room)
    }

    fn lines(&self, room: Room) -> Vec<Line<'static>> {
        let Self { model, player, beat, cells, palette } = self;
        let cells = *cells;
        if player.off_path() && !player.looks_back() {
            let back = model.keymap().first(Id::GoOn);
            let path = if model.stage().is_some_and(|stage| stage.quiz().is_some()) {
                "question's run"
            } else {
                "lesson's path"
            };
            let text = format!("You are off the {path}: play as you like, {back} leads back.");
            return styled(&text, cells, palette.strong);
        }
        let mut lines = self.heads(room);
        lines.extend(self.said(room));
        if let Some(table) = beat.table.as_ref().filter(|_| beat.panel != Some(Panel::Table)) {
            lines.extend(compared(table, beat, cells, palette));
        }
        if let Some(shown) = shown_step(player) {
            let told = if room.has_why { Vec::new() } else { why(model, room.told, cells) };
            lines.extend([vec![shown], told].concat().into_iter().map(|line| Line::styled(line, palette.strong)));
        }
        lines.extend(task(model.keymap(), player, cells, room.terms, palette));
        if let Some(notes) = model.stage().and_then(Stage::notes).filter(|_| room.notes) {
            lines.extend(prose::lines(&format!("**for the lecturer:** {notes}"), cells, palette.accent, palette));
        }
        lines.extend(self.ending());
        lines
    }

    /// What stands above the words: where we are, if that is not the lesson's last step, the lights, and what was broken.
    fn heads(&self, room: Room) -> Vec<Line<'static>> {
        let Self { model, player, beat, cells, palette } = self;
        let cells = *cells;
        let mut lines = Vec::new();
        if player.looks_back() {
            let (on, back) = (model.keymap().first(Id::Forward), model.keymap().first(Id::GoOn));
            let text = format!("A look back: {on} goes one step forward, {back} to where we were.");
            lines.extend(styled(&text, cells, palette.strong));
        }
        if room.own_run && left_own_run(player) {
            let runs = model.keymap().first(Id::View(View::Runs));
            let text = format!("From here the lesson goes on with its own solution; yours is kept, {runs} shows it.");
            lines.extend(styled(&text, cells, palette.accent));
        }
        let broken = beat.broken.as_deref();
        lines.extend(match room.signs {
            Signs::All => signs(&player.lights(), broken, cells, palette),
            Signs::Lights => marked(signs(&player.lights(), None, cells, palette), broken.is_some(), cells),
            Signs::OutFirst => out_first(player.lights(), broken.is_some(), cells, palette),
        });
        lines.extend(prose::at_most(breach(model, player, cells, palette), room.broken, cells));
        lines
    }

    /// The beat's words, and its question: before it is answered below the words, then above them, with why it is so.
    fn said(&self, room: Room) -> Vec<Line<'static>> {
        let Self { model, player, beat, cells, palette } = self;
        let cells = *cells;
        let question = player.question();
        // That an answer is right needs no line of its own.
        let right =
            question.as_ref().filter(|question| question.is_right()).and_then(|question| question.verdict.as_ref());
        let right = right.map(|right| format!("**{right}** ")).unwrap_or_default();
        let first = format!("{right}{}", beat.say.first().map_or("", String::as_str));
        let words = Some(&first).filter(|first| !first.is_empty()).into_iter().chain(beat.say.iter().skip(1));
        let words = words.flat_map(|text| prose::lines(text, cells, Style::new(), palette)).collect();
        let words = prose::at_most(words, room.words, cells);
        match question {
            None => words,
            Some(question) if question.is_open() => {
                let chosen = model.stage().and_then(Stage::choice);
                [words, asked(&question, chosen, cells, room.asking, palette)].concat()
            }
            Some(question) => {
                // What the panel beside it says need not stand here, too.
                let why = model.stage().map(Stage::why).unwrap_or_default();
                let rest = |reason: &String| why.iter().fold(reason.clone(), |rest, why| rest.replace(why, ""));
                let is_said = |reason: &String| room.has_why && !rest(reason).contains(char::is_alphanumeric);
                let reason = question.reason.as_ref().filter(|reason| !is_said(reason));
                let reason =
                    reason.map(|reason| prose::lines(reason, cells, Style::new(), palette)).unwrap_or_default();
                let reason = prose::at_most(reason, room.reason, cells);
                [asked(&question, None, cells, room.asking, palette), words, reason].concat()
            }
        }
    }

    /// At the end: the score, and where going on leads.
    fn ending(&self) -> Vec<Line<'static>> {
        let Self { model, player, cells, palette, .. } = self;
        // Whoever goes back from the end hides the last answer first: it is asked once more.
        let asks = player.question().is_some_and(|question| question.is_open());
        if !player.finished() || asks || player.beat_number() < player.beat_count() {
            return Vec::new();
        }
        let score = match crate::app::lesson::score(player.tally()) {
            // Where nobody answered there is none to tell.
            score if score.is_empty() || player.was_only_shown() => String::new(),
            score => format!(" Your answers: {score}."),
        };
        let keymap = model.keymap();
        let (on, home) = (keymap.first(Id::GoOn), keymap.first(Id::HomeScreen));
        let then = match model.next_lesson() {
            Some(lesson) => format!("{on}: next lesson, **{}**; {home}: home.", lesson.title.text),
            None => format!("{on} goes home; or play on here."),
        };
        prose::lines(&format!("✓ The end.{score} {then}"), *cells, palette.strong, palette)
    }
}

/// Which step of a task's solution was shown just now.
fn shown_step(player: &Player) -> Option<String> {
    let task = player.task().filter(|task| !task.reached)?;
    let (step, count) = task.shown?;
    let last = if task.stride > 1 { "; the last step" } else { "" };
    Some(format!("The solution, step {step} of {count}{last}:"))
}

/// The hint that is in sight, and how the task stands; what it allows only if that is wanted, or if there is no hint.
fn task(keymap: &Keymap, player: &Player, cells: usize, terms: usize, palette: &Palette) -> Vec<Line<'static>> {
    let Some(task) = player.task() else { return Vec::new() };
    let mut lines = Vec::new();
    let is_of_use = !task.reached && task.shown.is_none();
    // One is enough on the stage: the task's text and the messages need their room.
    if let Some(hint) = task.hint.checked_sub(1).and_then(|at| task.hints.get(at)).filter(|_| is_of_use) {
        let hint = format!("hint {} of {}: {hint}", task.hint, task.hint_count);
        lines.extend(prose::lines(&hint, cells, palette.accent, palette));
    }
    if let Some(game) = &task.game {
        // Where steps are shown nobody needs to know in time what must arrive.
        let rows = if is_of_use { usize::MAX } else { 1 };
        let score = prose::at_most(styled(&score(keymap, game), cells, palette.strong), rows, cells);
        lines.extend(score.into_iter().map(|line| line.style(palette.strong)));
    }
    let again = keymap.first(Id::ResetTask);
    let stands = match (task.state, task.shown) {
        (TaskState::Solved, _) => Some("✓ solved".to_owned()),
        (_, Some(_)) if !task.reached => None,
        // The class has seen it.
        (TaskState::Shown, _) if task.reached && player.was_only_shown() => None,
        _ if !task.reached && task.stuck.is_some() => {
            let back = keymap.first(Id::Back);
            task.stuck.map(|stuck| match stuck {
                Stuck::NothingBroke => format!("Nothing broke. {again}, and another order."),
                Stuck::UsedUp => {
                    let most = task.at_most.unwrap_or_default();
                    format!("All {most} deliveries are used: {back} takes one back, {again} begins again.")
                }
                Stuck::OutOfReach => format!("The goal cannot be reached from here: {back} or {again}."),
            })
        }
        _ if !task.reached => {
            let limits = task.limits.map(|limits| styled(&sentence(&limits), cells, palette.strong));
            let limits = prose::at_most(limits.unwrap_or_default(), terms, cells);
            lines.extend(limits.into_iter().map(|line| line.style(palette.strong)));
            None
        }
        (TaskState::Skipped, _) => Some(format!("Skipped: this is the solution. {again}: try it yourself.")),
        _ => Some(format!("The goal is met, with steps that were shown. {again}: try it yourself.")),
    };
    lines.extend(stands.into_iter().flat_map(|text| styled(&text, cells, palette.strong)));
    lines
}

/// The lights, in as many lines as they need, and the rule that is broken, beside them if it fits:
/// `✓ never remove   switched off: …`.
fn signs(lights: &[Lit], broken: Option<&str>, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let lit = lights.iter().map(|light| {
        let (mark, style) = if light.holds { ("✓", palette.good) } else { ("✗", palette.bad) };
        Span::styled(format!("{mark} {}", light.name), style)
    });
    let rule = broken.map(|rule| Span::styled(rule.to_owned(), palette.bad.not_reversed()));
    for sign in lit.chain(rule) {
        match lines.last_mut().filter(|line| line.width() + BETWEEN_SIGNS.len() + sign.width() <= cells) {
            Some(line) => line.spans.extend([Span::raw(BETWEEN_SIGNS), sign]),
            None => lines.extend(styled(&sign.content, cells, sign.style)),
        }
    }
    lines
}

/// The lights that are out, and behind them in the same lines as many of the others as fit: `✗ chosen stays   ✓ … …`.
fn out_first(lights: Vec<Lit>, more: bool, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let (on, mut shown): (Vec<Lit>, Vec<Lit>) = lights.into_iter().partition(|light| light.holds);
    let rows = signs(&shown, None, cells, palette).len().max(1);
    let mut left = on.len();
    for light in on {
        shown.push(light);
        let more = more || left > 1;
        if marked(signs(&shown, None, cells, palette), more, cells).len() > rows {
            shown.pop();
            break;
        }
        left -= 1;
    }
    marked(signs(&shown, None, cells, palette), more || left > 0, cells)
}

/// The signs with the mark that there are more of them; it has a line of its own if it must.
fn marked(mut signs: Vec<Line<'static>>, more: bool, cells: usize) -> Vec<Line<'static>> {
    match signs.last_mut().filter(|_| more) {
        Some(last) if last.width() + 2 <= cells => last.push_span(Span::raw(" …")),
        Some(_) => signs.push(Line::raw("…")),
        None => {}
    }
    signs
}

/// What the step broke that ends a task, in words: the header has the invariants' names only.
fn breach(model: &Model, player: &Player, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let ends = player.task().is_some_and(|task| task.reached);
    let Some(stage) = model.stage().filter(|stage| ends && stage.marks_step()) else { return Vec::new() };
    let broken = stage.session().broken_by_step();
    let told = broken.iter().take(MOST_BROKEN).flat_map(|one| {
        let text = format!("✗ invariant {:?}: {}", one.invariant, one.invariant.meaning());
        styled(&text, cells, palette.bad.not_reversed())
    });
    told.collect()
}

/// Of so many invariants that one step breaks each is told.
const MOST_BROKEN: usize = 2;

/// What stands between two lights.
const BETWEEN_SIGNS: &str = "   ";

/// How a game stands.
fn score(keymap: &Keymap, game: &GameView) -> String {
    let score = game.score;
    let mark = if game.beats { format!("of {}", game.mark) } else { format!("(nobody gets to {})", game.mark) };
    let next = match &game.next_due {
        _ if game.over && game.beats => format!(" · decided: {} begins again", keymap.first(Id::ResetTask)),
        _ if game.over => " · decided".to_owned(),
        Some((message, 0)) => format!(" · must arrive now: {message}"),
        Some((message, 1)) => format!(" · must arrive in 1 step: {message}"),
        Some((message, left)) => format!(" · must arrive in {left} steps: {message}"),
        None => String::new(),
    };
    format!("score {score} {mark}{next}")
}

/// Runs side by side; a row in which they differ carries a mark.
pub(crate) fn compared(table: &Table, beat: &BeatView, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let label = table.rows.iter().map(|row| width(&row.subject)).max().unwrap_or(0).min(cells * 2 / 5) + 3;
    let each = cells.saturating_sub(label) / table.names.len().max(1);
    let cell = |text: &str| {
        let text = cut(text, each.saturating_sub(2));
        format!("{text}{}", " ".repeat(each.saturating_sub(width(&text))))
    };
    let mut head = Line::raw(" ".repeat(label));
    for (at, name) in table.names.iter().enumerate() {
        let shown = beat.futures.len() > 1 && beat.future == at;
        let (mark, style) = if shown { ("● ", palette.accent) } else { ("", palette.strong) };
        head.push_span(Span::styled(cell(&format!("{mark}{name}")), style));
    }
    let mut lines = vec![head];
    for row in &table.rows {
        let (mark, style) = if row.differs() { ("≠ ", palette.strong) } else { ("  ", Style::new()) };
        let subject = cut(&row.subject, label.saturating_sub(3));
        let pad = " ".repeat(label.saturating_sub(2 + width(&subject)));
        let mut line = Line::from(vec![Span::styled(mark, style), Span::raw(format!("{subject}{pad}"))]);
        line.spans.extend(row.values.iter().map(|value| Span::styled(cell(value), style)));
        lines.push(line);
    }
    if table.rows.iter().any(Row::differs) {
        lines.push(Line::styled("≠ differs", palette.muted));
    }
    lines
}

fn styled(text: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, cells).into_iter().map(|line| Line::styled(line, style)).collect()
}
