//! What a lesson says: its words, its question with the choices, and the verdict.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::lesson::{BeatView, GameView, Lit, Panel, Player, Question, Row, Stuck, Table, TaskState};
use crate::app::{Colors, Id, Keymap, Model, Stage, Theme, View};

use super::Palette;
use super::bottom::{newest, sentence};
use super::prose;
use super::text::{cut, put, rule, width, wrap};

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
    let (lines, room) = fitting(model, player, rows, area.width, has_why, palette);
    let leaves = !room.own_run && left_own_run(player);
    if room.headed {
        asked_from_the_rule(lines, area, buf, palette);
        return room.notes;
    }
    let taken = heading(model, player, leaves, rows.saturating_sub(lines.len()), area, buf, palette);
    let area = Rect { y: area.y + taken, height: area.height.saturating_sub(taken), ..area };
    let rows = rows.saturating_sub(taken.into());
    let (lines, room) =
        if taken == 0 { (lines, room) } else { fitting(model, player, rows, area.width, has_why, palette) };
    let free = rows.saturating_sub(lines.len());
    for (y, line) in (1..).zip(lines) {
        put(buf, area, 1, y, &line);
    }
    let told = model.stage().filter(|stage| stage.marks_step()).map(Stage::why).unwrap_or_default();
    // Where a question was asked the words say why. It stands at the bottom, so that it stays where it is.
    let is_told = has_why || player.question().is_some() || shown_step(player).is_some();
    if free >= usize::from(WHY) && !is_told && !told.is_empty() {
        let below = Rect { y: area.bottom() - WHY, height: WHY, ..area };
        rule(buf, below, Span::styled("why", palette.strong), "", palette.muted);
        let cells = usize::from(area.width).saturating_sub(2);
        for (y, line) in (1..).zip(newest(&told, usize::from(WHY) - 1, cells)) {
            put(buf, below, 1, y, &Line::raw(line));
        }
    }
    room.notes
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
    !area.is_empty() && fitting(model, player, rows, area.width, has_why, palette).1.cuts()
}

/// The beat's title and its slide; how many lines of the slide stand below the title. `free`: how many rows nothing else
/// needs.
fn heading(
    model: &Model,
    player: &Player,
    leaves: bool,
    free: usize,
    area: Rect,
    buf: &mut Buffer,
    palette: &Palette,
) -> u16 {
    let beat = player.beat();
    // Off the path no slide shows what is to be seen here.
    let slide = beat.slide.as_ref().filter(|_| !player.off_path());
    let mut slide = match slide {
        _ if leaves => {
            format!("the lesson's own run; {}: yours", model.keymap().first(Id::View(View::Runs)))
        }
        Some(slide) => format!("slide: {slide}"),
        None => String::new(),
    };
    let future =
        beat.futures.get(beat.future).filter(|_| beat.futures.len() > 1 && beat.table.is_none() && !player.off_path());
    let future = future.map(|name| format!(" · {} of {}: {name}", beat.future_number, beat.futures.len()));
    let title = format!("{}{}", beat.title, future.unwrap_or_default());
    // What does not fit beside the title stands below it, where there are lines enough.
    let short = area.height < TALL && wrap(&slide, usize::from(area.width).saturating_sub(2)).len() > free;
    let fits = width(&title) + width(&slide) + RULE <= area.width.into() || short;
    let below = if fits { String::new() } else { std::mem::take(&mut slide) };
    let beside = if leaves { palette.accent } else { palette.muted };
    rule(buf, area, Span::styled(title, palette.accent), &slide, beside);
    let below = styled(&below, usize::from(area.width).saturating_sub(2), palette.muted);
    let taken = below.len() as u16;
    for (y, line) in (1..).zip(below) {
        put(buf, area, 1, y, &line);
    }
    taken
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
    let palette = Palette::of(Theme::Mono, Colors::None, None);
    let room = Room { terms: 0, ..Room::all(true) };
    let why = if shown_step(player).is_some() { MOST_WHY } else { 0 };
    u16::try_from(lines(model, player, width, room, &palette).len() + why + 1).unwrap_or(u16::MAX)
}

/// The most rows of why a shown step went as it did.
const MOST_WHY: usize = 2;

/// The cells of a title's line besides its two texts.
const RULE: usize = 8;

/// From this height on a slide's phrase may have lines of its own.
const TALL: u16 = 12;

/// The rows of the why below a lesson's words.
const WHY: u16 = 3;

/// The lines, as few as there is room for, and which they are: what is asked or answered matters. First the notes give way,
/// then the terms of a task to its words and a hint, and why a step was shown that went so; then the beat's words are cut,
/// then the choices that are longest; then the title, and what stands before the question itself, or the end of an answer;
/// each with a mark.
fn fitting(
    model: &Model,
    player: &Player,
    rows: usize,
    width: u16,
    has_why: bool,
    palette: &Palette,
) -> (Vec<Line<'static>>, Room) {
    let all = Room::all(has_why);
    let lines = |room: Room| lines(model, player, width, room, palette);
    let alone = Room { notes: false, ..all };
    let bare = Room { terms: 0, ..alone };
    // A row that nothing else needs tells a part of what a task allows.
    let part = Room { terms: rows.saturating_sub(lines(bare).len()), ..bare };
    for room in [all, alone, part, Room { told: 1, ..bare }, Room { told: 1, own_run: false, ..bare }] {
        let lines = lines(room);
        if lines.len() <= rows {
            return (lines, room);
        }
    }
    let least = Room { words: 0, reason: 0, told: 1, own_run: false, ..bare };
    let rest = lines(Room { words: usize::MAX, ..least }).len();
    if rest <= rows {
        return (lines(Room { words: usize::MAX, reason: rows - rest, ..least }), least);
    }
    let rest = lines(least).len();
    if rest < rows {
        return (lines(Room { words: rows - rest, ..least }), least);
    }
    // A row of the words stays, if there are any: a cut carries its mark.
    let short = Room { choices: 0, ..least };
    let rest = lines(short).len();
    let words = usize::from(lines(Room { words: 1, ..short }).len() > rest);
    if let Some(free) = rows.checked_sub(rest + words) {
        let choices = player.question().map_or(0, |question| question.choices.len()) + free;
        return (lines(Room { words, choices, ..least }), Room { choices, ..least });
    }
    if player.question().is_some_and(|question| !question.is_open()) && !player.off_path() {
        return (prose::at_most(lines(short), rows, usize::from(width).saturating_sub(2)), short);
    }
    let cells = usize::from(width).saturating_sub(2);
    let question = player.question();
    let asks = question.as_ref().map_or(0, |question| asked(question, None, cells, short, palette).len());
    // What stands before the question gives way first, then the title.
    let before = lines(short).len().saturating_sub(asks);
    let forms = question.map_or(0, |question| forms(&question.ask).len());
    let rooms = (0..forms).flat_map(|ask| [false, true].map(|headed| Room { ask, headed, ..short }));
    let over = |room: Room| lines(room).len().saturating_sub(rows + usize::from(room.headed));
    let room = rooms.into_iter().find(|room| over(*room) <= before).unwrap_or(short);
    let skipped = over(room);
    let mut lines = lines(room);
    lines.drain(..skipped);
    if let Some(first) = lines.first_mut().filter(|_| skipped > 0) {
        first.spans.insert(0, Span::raw("… "));
    }
    (lines, room)
}

/// A question from the longest form to the shortest: first it goes without what is said before it is asked, then without
/// what follows, too.
fn forms(ask: &str) -> Vec<String> {
    let words: Vec<&str> = ask.split_whitespace().collect();
    let ends = |word: &&str| word.ends_with(['.', '?', '!']) || word.ends_with(".)");
    let sentences: Vec<String> = words.split_inclusive(ends).map(|words| words.join(" ")).collect();
    let last = sentences.len().saturating_sub(1);
    let asks = sentences.iter().rposition(|sentence| sentence.ends_with('?')).unwrap_or(last);
    let form = |from: usize, to: usize| {
        let [before, after] = [if from > 0 { "… " } else { "" }, if to < last { " …" } else { "" }];
        sentences.get(from..=to).map(|told| format!("{before}{}{after}", told.join(" ")))
    };
    let whole = (0..=asks).filter_map(|from| form(from, last));
    whole.chain((0..=asks).filter(|_| asks < last).filter_map(|from| form(from, asks))).collect()
}

/// What of a beat is shown where not all of it fits.
#[derive(Clone, Copy)]
// Each is there or not, whatever the others are.
#[allow(clippy::struct_excessive_bools)]
struct Room {
    /// At most so many rows of the beat's words.
    words: usize,
    /// At most so many of why the answer is what it is.
    reason: usize,
    /// At most so many rows of the choices, but at least one of each.
    choices: usize,
    /// In which of its forms a question is asked.
    ask: usize,
    /// The first line stands in the place of the title, which is narrower.
    headed: bool,
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
    const fn cuts(self) -> bool {
        self.reason < usize::MAX
    }

    /// Everything.
    const fn all(has_why: bool) -> Self {
        let (words, reason, choices, told) = (usize::MAX, usize::MAX, usize::MAX, MOST_WHY);
        Self {
            words,
            reason,
            choices,
            ask: 0,
            headed: false,
            terms: usize::MAX,
            has_why,
            told,
            own_run: true,
            notes: true,
        }
    }
}

fn lines(model: &Model, player: &Player, width: u16, room: Room, palette: &Palette) -> Vec<Line<'static>> {
    let cells = usize::from(width).saturating_sub(2);
    if player.off_path() && !player.looks_back() {
        let back = model.keymap().first(Id::GoOn);
        let path =
            if model.stage().is_some_and(|stage| stage.quiz().is_some()) { "question's run" } else { "lesson's path" };
        let text = format!("You are off the {path}: play as you like, {back} leads back.");
        return styled(&text, cells, palette.strong);
    }
    let beat = player.beat();
    let mut lines = heads(model, player, &beat, room, cells, palette);
    lines.extend(said(model, player, &beat, room, cells, palette));
    if let Some(table) = beat.table.as_ref().filter(|_| beat.panel != Some(Panel::Table)) {
        lines.extend(compared(table, &beat, cells, palette));
    }
    if let Some(shown) = shown_step(player) {
        let told = model.stage().filter(|stage| stage.marks_step()).map(Stage::why).unwrap_or_default();
        let told = if room.has_why { Vec::new() } else { newest(&told, room.told, cells) };
        lines.extend([vec![shown], told].concat().into_iter().map(|line| Line::styled(line, palette.strong)));
    }
    lines.extend(task(model.keymap(), player, cells, room.terms, palette));
    if let Some(notes) = model.stage().and_then(Stage::notes).filter(|_| room.notes) {
        lines.extend(prose::lines(&format!("**for the lecturer:** {notes}"), cells, palette.accent, palette));
    }
    lines.extend(ending(model, player, cells, palette));
    lines
}

/// What stands above the words: where we are, if that is not the lesson's last step, the lights, and what was broken.
fn heads(
    model: &Model,
    player: &Player,
    beat: &BeatView,
    room: Room,
    cells: usize,
    palette: &Palette,
) -> Vec<Line<'static>> {
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
    lines.extend(signs(&player.lights(), beat.broken.as_deref(), cells, palette));
    lines.extend(breach(model, player, cells, palette));
    lines
}

/// The beat's words, and its question: before it is answered below the words, then above them, with why it is so.
fn said(
    model: &Model,
    player: &Player,
    beat: &BeatView,
    room: Room,
    cells: usize,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let question = player.question();
    // That an answer is right needs no line of its own.
    let right = question.as_ref().filter(|question| question.is_right()).and_then(|question| question.verdict.as_ref());
    let right = right.map(|right| format!("**{right}** ")).unwrap_or_default();
    let first = format!("{right}{}", beat.say.first().map_or("", String::as_str));
    let words = Some(&first).filter(|first| !first.is_empty()).into_iter().chain(beat.say.iter().skip(1));
    let words = words.flat_map(|text| prose::lines(text, cells, Style::new(), palette)).collect();
    let words = prose::at_most(words, room.words, cells);
    match question {
        None => words,
        Some(question) if question.is_open() => {
            let chosen = model.stage().and_then(Stage::choice);
            [words, asked(&question, chosen, cells, room, palette)].concat()
        }
        Some(question) => {
            // What the panel beside it says need not stand here, too.
            let why = model.stage().map(Stage::why).unwrap_or_default();
            let rest = |reason: &String| why.iter().fold(reason.clone(), |rest, why| rest.replace(why, ""));
            let is_said = |reason: &String| room.has_why && !rest(reason).contains(char::is_alphanumeric);
            let reason = question.reason.as_ref().filter(|reason| !is_said(reason));
            let reason = reason.map(|reason| prose::lines(reason, cells, Style::new(), palette)).unwrap_or_default();
            let reason = prose::at_most(reason, room.reason, cells);
            [asked(&question, None, cells, room, palette), words, reason].concat()
        }
    }
}

/// At the end: the score, and where going on leads.
fn ending(model: &Model, player: &Player, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
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
    prose::lines(&format!("✓ The end.{score} {then}"), cells, palette.strong, palette)
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
        lines.extend(styled(&score(keymap, game), cells, palette.strong));
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
/// `✓ never remove   rule switched off: …`.
fn signs(lights: &[Lit], broken: Option<&str>, cells: usize, palette: &Palette) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let lit = lights.iter().map(|light| {
        let (mark, style) = if light.holds { ("✓", palette.good) } else { ("✗", palette.bad) };
        Span::styled(format!("{mark} {}", light.name), style)
    });
    let rule = broken.map(|rule| Span::styled(format!("rule switched off: {rule}"), palette.bad.not_reversed()));
    for sign in lit.chain(rule) {
        match lines.last_mut().filter(|line| line.width() + BETWEEN_SIGNS.len() + sign.width() <= cells) {
            Some(line) => line.spans.extend([Span::raw(BETWEEN_SIGNS), sign]),
            None => lines.extend(styled(&sign.content, cells, sign.style)),
        }
    }
    lines
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

/// The cells before a choice's words: its mark and its number.
const CHOICE_HEAD: usize = 4;

/// A question with its choices in so many rows as they have, at least one each.
fn asked(
    question: &Question,
    chosen: Option<usize>,
    cells: usize,
    room: Room,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if question.is_open() {
        let ask = if room.ask == 0 { None } else { forms(&question.ask).into_iter().nth(room.ask) };
        let cells = if room.headed { cells.saturating_sub(2) } else { cells };
        lines.extend(prose::lines(ask.as_ref().unwrap_or(&question.ask), cells, palette.strong, palette));
    }
    let told = in_rows(&question.choices, room.choices, cells.saturating_sub(CHOICE_HEAD));
    for (at, told) in told.into_iter().enumerate() {
        let (mark, style) = match (question.truth, question.given) {
            (None, _) if chosen == Some(at) => ('▸', palette.selected),
            (None, _) => (' ', Style::new()),
            (Some(truth), _) if truth == at => ('✓', palette.good.bold()),
            (Some(_), Some(given)) if given == at => ('✗', palette.bad.not_reversed()),
            // Once it is known, only what happens and what was guessed are of interest.
            (Some(_), _) => continue,
        };
        for (nth, text) in told.into_iter().enumerate() {
            let head = if nth == 0 { format!("{mark} {} ", at + 1) } else { "    ".to_owned() };
            lines.push(Line::from(vec![Span::styled(head, palette.accent.patch(style)), Span::styled(text, style)]));
        }
    }
    if let Some(verdict) = question.verdict.as_ref().filter(|_| !question.is_right()) {
        lines.extend(prose::lines(verdict, cells, palette.strong, palette));
    }
    lines
}

/// The choices in so many rows of so many cells, at least one each: as many as can be are whole, and what is left goes to
/// those of which the most is hidden.
fn in_rows(choices: &[Vec<String>], rows: usize, cells: usize) -> Vec<Vec<String>> {
    let whole: Vec<Vec<String>> = choices.iter().map(|choice| wrap(&choice.join("; "), cells)).collect();
    if whole.iter().map(Vec::len).sum::<usize>() <= rows {
        return whole;
    }
    let mut given = vec![1; whole.len()];
    for _ in whole.len()..rows {
        let lacks = |at: &usize| whole[*at].len().saturating_sub(given[*at]);
        let hidden = |at: &usize| whole[*at].iter().skip(given[*at]).map(|line| width(line)).sum::<usize>();
        let cut = (0..whole.len()).filter(|at| lacks(at) > 0);
        let Some(next) = cut.min_by_key(|at| (lacks(at), std::cmp::Reverse(hidden(at)))) else { break };
        given[next] += 1;
    }
    let short = in_one_line(choices, cells);
    let told = whole.into_iter().zip(short).zip(given).map(|((mut whole, short), given)| match given {
        _ if whole.len() <= given => whole,
        1 => vec![short],
        _ => {
            let rest = whole.split_off(given - 1).join(" ");
            whole.push(cut(&rest, cells));
            whole
        }
    });
    told.collect()
}

/// The choices, each in one line of so many cells: where two would read the same, what they have in common is left out
/// behind their first words, which always stand there.
fn in_one_line(choices: &[Vec<String>], cells: usize) -> Vec<String> {
    let parts: Vec<Vec<String>> = choices.iter().map(|choice| parts(choice)).collect();
    let one = |at: usize, skipped: usize| {
        if skipped == 0 {
            return cut(&parts[at].concat(), cells);
        }
        let (first, rest) = (parts[at].first().map_or("", String::as_str), parts[at][skipped..].concat());
        let head = if skipped > 1 { format!("{}… ", first.trim_end()) } else { first.to_owned() };
        let head = if width(&head) * 2 <= cells { head } else { format!("{} ", cut(first, cells / 2)) };
        cut(&format!("{head}{rest}"), cells)
    };
    let plain: Vec<String> = (0..choices.len()).map(|at| one(at, 0)).collect();
    let shared = |at: usize, other: usize| parts[at].iter().zip(&parts[other]).take_while(|(a, b)| a == b).count();
    let others = |at: usize| (0..choices.len()).filter(move |other| *other != at);
    let shortest = |at: usize| {
        let same: Vec<usize> = others(at).filter(|other| plain[*other] == plain[at]).collect();
        let most = same.iter().map(|other| shared(at, *other)).max().unwrap_or(0).min(parts[at].len() - 1);
        let differs = |skipped: &usize| same.iter().all(|other| one(*other, *skipped) != one(at, *skipped));
        one(at, (0..=most).find(differs).unwrap_or(most))
    };
    (0..choices.len()).map(shortest).collect()
}

/// A choice in its parts, each with what divides it from the next one: `active: false → true, `, `sends nothing`.
fn parts(choice: &[String]) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for char in choice.join("; ").chars() {
        match char {
            '(' | '[' | '{' | '⟨' => depth += 1,
            ')' | ']' | '}' | '⟩' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = char == ' ' && depth == 0 && parts.last().is_some_and(|part| part.ends_with([',', ';']));
        if let Some(part) = parts.last_mut() {
            part.push(char);
        }
        if ends {
            parts.push(String::new());
        }
    }
    parts
}
