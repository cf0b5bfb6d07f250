//! Plain mode's half without input and output: a line in, sentences out, one an event. Nothing that was said is ever
//! taken back, and nothing needs to be seen on a screen.

use crate::app::lesson::Player;
use crate::app::{COMMANDS, Effect, Id, Key, Model, Msg, NO_STAGE, Offer, Overlay, Place, Seek, Stage, Stand, update};
use crate::export::{StepView, narration};
use crate::pmmc::ProcessId;
use crate::script::{action_text, message_text, plain};
use crate::teach::Quiz;
use crate::ui::ascii_text;
use crate::world::text::Notation;
use crate::world::{Action, Watch, World, fields};

mod lesson;

use lesson::{Seen, lesson_text, question_text};

/// A word that means a command of the table.
struct Word {
    word: &'static str,
    id: Id,
}

/// The words of plain mode for commands of the table; their sentences are the table's.
const WORDS: [Word; 17] = [
    Word { word: "next", id: Id::GoOn },
    Word { word: "previous", id: Id::BeatBefore },
    Word { word: "back", id: Id::Back },
    Word { word: "undo", id: Id::Back },
    Word { word: "forward", id: Id::Forward },
    Word { word: "redo", id: Id::Forward },
    Word { word: "or", id: Id::SwitchBranch },
    Word { word: "hint", id: Id::TaskHint },
    Word { word: "show", id: Id::ShowStep },
    Word { word: "reset", id: Id::ResetTask },
    Word { word: "skip", id: Id::SkipTask },
    Word { word: "start", id: Id::ToStart },
    Word { word: "end", id: Id::ToEnd },
    Word { word: "home", id: Id::HomeScreen },
    Word { word: "find", id: Id::Seek },
    Word { word: "open", id: Id::Accept },
    Word { word: "quit", id: Id::Quit },
];

/// What is typed for commands whose words are actions: what sentences of the program then say instead of a key.
const ACTION_WORDS: [(Id, &str); 5] = [
    (Id::Request, "request"),
    (Id::Elect, "elect"),
    (Id::Crash, "restart"),
    (Id::Help, "help"),
    (Id::Complete, "help"),
];

/// What only plain mode needs, with what it does.
const OWN_WORDS: [(&str, &str); 7] = [
    ("NUMBER", "Answers the question; else delivers the message of that number; at home opens it."),
    ("list", "Says what is in flight, with numbers, and what else can happen."),
    ("state", "Says the state of all processes; `state A0` of one."),
    ("why", "Says the last step again."),
    ("where", "Says where in the lesson, or in the run, we are."),
    ("notes", "Says the notes for the lecturer."),
    ("help", "Says this."),
];

/// Where we were before a line, to tell what it did.
struct Before {
    place: Place,
    stages: usize,
    step: u32,
    /// All that had happened, if the line may lead anywhere else than on from there.
    actions: Option<Vec<Action>>,
    lesson: Option<Seen>,
    /// The number of the quiz's question.
    question: Option<usize>,
}

/// The program as a dialogue.
pub(crate) struct Dialogue {
    model: Model,
    ended: bool,
}

impl Dialogue {
    pub(crate) fn new(model: Model) -> Self {
        let words = WORDS.iter().map(|Word { word, id }| (*id, *word)).chain(ACTION_WORDS);
        let keymap = model.keymap().clone().with_words(words);
        Self { model: model.with_keymap(keymap), ended: false }
    }

    /// Whether the user left.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// What is said before the first line.
    pub(crate) fn begin(&self) -> String {
        self.say(&self.place())
    }

    /// Something came back from outside.
    pub(crate) fn hear(&mut self, msg: Msg) -> String {
        let before = self.before(true);
        update(&mut self.model, msg);
        self.say(&self.told(&before))
    }

    /// Does what the line says; returns what is said to it, and what is to be done outside.
    pub(crate) fn line(&mut self, line: &str) -> (String, Vec<Effect>) {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()));
        let own = match (word, rest) {
            ("", _) => Some(String::new()),
            ("help" | "?", "") => Some(help()),
            ("list", "") => Some(self.list()),
            ("state", _) => Some(self.state(rest)),
            ("why", "") => Some(self.why()),
            ("where", "") => Some(self.place()),
            ("notes", "") => Some(self.notes()),
            _ => None,
        };
        if let Some(said) = own {
            return (self.say(&said), Vec::new());
        }
        if !matches!(word, "find" | "open") {
            self.close_questions();
        }
        let before = self.before(WORDS.iter().any(|known| known.word == word));
        let effects = self.obey(word, rest, line);
        self.ended = effects.contains(&Effect::Quit);
        let said = if self.ended { String::new() } else { self.told(&before) };
        (self.say(&said), effects)
    }

    /// Questions to the explorer are forgotten when something else is done.
    fn close_questions(&mut self) {
        while matches!(self.model.overlay(), Some(Overlay::Seek(_))) {
            update(&mut self.model, Msg::Do(Id::Close));
        }
    }

    fn obey(&mut self, word: &str, rest: &str, line: &str) -> Vec<Effect> {
        let number = if word == "answer" { rest.parse().ok() } else { line.parse::<usize>().ok() };
        if let Some(number) = number {
            return self.number(number);
        }
        if word == "find" && !rest.is_empty() {
            return update(&mut self.model, Msg::Line(line.to_owned()));
        }
        if word == "exit" && rest.is_empty() {
            // Nobody asks twice here: what is typed is meant.
            return vec![Effect::Quit];
        }
        let Some(Word { id, .. }) = WORDS.iter().find(|known| known.word == word) else {
            return update(&mut self.model, Msg::Line(line.to_owned()));
        };
        // At home the word means what the key does that opens there.
        let id = if *id == Id::GoOn && self.model.place() == Place::Home { &Id::Open } else { id };
        let times = if rest.is_empty() { Some(1) } else { rest.parse::<usize>().ok().filter(|_| *id != Id::Quit) };
        let Some(times) = times else { return update(&mut self.model, Msg::Line(line.to_owned())) };
        if *id == Id::Quit {
            return vec![Effect::Quit];
        }
        let mut effects = Vec::new();
        for _ in 0..times {
            effects.extend(update(&mut self.model, Msg::Do(*id)));
            if self.model.notice().is_some_and(|notice| notice.refused) {
                break;
            }
        }
        effects
    }

    /// A number alone: a choice, a message, or a line at home.
    fn number(&mut self, number: usize) -> Vec<Effect> {
        let Some(stage) = self.model.stage() else {
            let count = self.model.home_screen().offers.len() + self.model.stages().len();
            if number == 0 || number > count {
                return update(&mut self.model, Msg::Line(number.to_string()));
            }
            self.model.select_at_home(number - 1);
            return update(&mut self.model, Msg::Do(Id::Open));
        };
        let asks = stage.lesson().and_then(Player::question).is_some();
        let digit = u32::try_from(number).ok().and_then(|number| char::from_digit(number, 10));
        match digit {
            Some(digit) if asks => update(&mut self.model, Msg::Key(Key::Char(digit))),
            _ if asks => update(&mut self.model, Msg::Key(Key::Char('9'))),
            _ => {
                let message = stage.rows().get(number.wrapping_sub(1)).map(|(envelope, _)| (*envelope).clone());
                let world = stage.world();
                let line = match message {
                    Some(envelope) => action_text(&Action::Deliver(envelope), world),
                    None => number.to_string(),
                };
                update(&mut self.model, Msg::Line(line))
            }
        }
    }

    fn before(&self, travels: bool) -> Before {
        let stage = self.model.stage();
        Before {
            place: self.model.place(),
            stages: self.model.stages().len(),
            step: stage.map_or(0, |stage| stage.session().step()),
            actions: stage.filter(|_| travels).map(|stage| stage.session().actions()),
            lesson: stage.and_then(Stage::lesson).map(Seen::of),
            question: stage.and_then(Stage::quiz).map(Quiz::number),
        }
    }

    /// What came of a line.
    fn told(&self, before: &Before) -> String {
        if let Some(notice) = self.model.notice() {
            let text = notice.text.trim_end_matches('.');
            if notice.refused {
                return not_done(text);
            }
            let beat = self.model.stage().and_then(Stage::lesson).map(Player::beat_number);
            let moved = self.is_elsewhere(before) || beat != before.lesson.as_ref().map(|seen| seen.beat);
            return format!("{}.\n{}", text, if moved { self.place() } else { String::new() });
        }
        if let Some(Overlay::Seek(seek)) = self.model.overlay() {
            return questions(seek);
        }
        if self.is_elsewhere(before) {
            return self.place();
        }
        let Some(stage) = self.model.stage() else { return String::new() };
        match stage.quiz() {
            Some(quiz) if Some(quiz.number()) != before.question => return question_text(quiz),
            _ => {}
        }
        let lesson = stage.lesson().map(|player| lesson_text(player, before.lesson.as_ref())).unwrap_or_default();
        let lesson = lesson + &self.what_follows(before);
        let steps = match &before.actions {
            Some(actions) => passage(stage, actions),
            None => steps_since(stage, before.step),
        };
        // A question is heard after what led to it; a beat's words come before its steps, as on the slide.
        let answered = stage.lesson().and_then(Player::question).is_some_and(|question| !question.is_open());
        if answered { format!("{steps}{lesson}") } else { format!("{lesson}{steps}") }
    }

    /// At the end of a lesson: what comes after it.
    fn what_follows(&self, before: &Before) -> String {
        let finished = self.model.stage().and_then(Stage::lesson).is_some_and(Player::finished);
        if !finished || before.lesson.as_ref().is_none_or(|seen| seen.finished) {
            return String::new();
        }
        match self.model.next_lesson() {
            Some(lesson) => format!("`next` opens the next lesson: {}.\n", lesson.title.text),
            None => "`next` goes home.\n".to_owned(),
        }
    }

    fn is_elsewhere(&self, before: &Before) -> bool {
        (self.model.place(), self.model.stages().len()) != (before.place, before.stages)
    }

    /// Where we are, said whole.
    fn place(&self) -> String {
        let Some(stage) = self.model.stage() else { return self.home() };
        let session = stage.session();
        let mut said = String::new();
        match stage.lesson() {
            Some(_) if stage.quiz().is_some() => {
                add(&mut said, &format!("{}. `list` and `state` say what is around a question.\n", stage.title()));
                said.extend(stage.quiz().map(question_text));
            }
            Some(player) => {
                add(&mut said, &format!("Lesson: {}. {} beats.\n", stage.title(), player.beat_count()));
                add(&mut said, &lesson_text(player, None));
                add(&mut said, "Type `next` to go on, `help` for all else.\n");
            }
            None if session.step() == 0 => {
                add(&mut said, &narration::initial_text(stage.title(), session.world(), &session.violations()));
                if session.steps_ahead() > 0 {
                    add(&mut said, &format!("{} steps lie ahead: `forward` takes them.\n", session.steps_ahead()));
                }
                add(&mut said, "Type an action, like `elect L0`; `list` says what can happen, `help` all else.\n");
            }
            None => {
                add(&mut said, &format!("Run: {}. Step {}", stage.title(), session.step()));
                add(
                    &mut said,
                    &match session.steps_ahead() {
                        0 => ".\n".to_owned(),
                        ahead => format!(", {ahead} more ahead.\n"),
                    },
                );
            }
        }
        said
    }

    fn home(&self) -> String {
        let mut said = String::from("Paxoscope. Type a number to open:\n");
        let offers = self.model.home_screen().offers.iter().map(|offer| match offer {
            Offer::Lesson(lesson) => {
                let state = match self.model.progress_in(&lesson.id) {
                    Some(progress) if progress.is_under_way() => format!(", begun, at beat {}", progress.beat),
                    Some(progress) if progress.finished.is_some() => ", finished".to_owned(),
                    _ => String::new(),
                };
                format!("lesson {}{state}: {}", lesson.title, lesson.about)
            }
            Offer::Sandbox(_) => "sandbox: a free run".to_owned(),
            Offer::Quiz(_) => "quiz: what will it do? questions without end".to_owned(),
            Offer::Recent(run) => format!("saved run {}: {}", run.title, run.about),
        });
        let open = self.model.stages().iter().map(|stage| format!("open run {}", stage.title()));
        for (number, text) in (1..).zip(offers.chain(open)) {
            add(&mut said, &format!("  {number}. {}.\n", text.trim_end_matches('.')));
        }
        said
    }

    fn list(&self) -> String {
        let Some(stage) = self.model.stage() else { return self.home() };
        let world = stage.world();
        let rows = stage.rows();
        let mut said = if rows.is_empty() { "Nothing is in flight.\n".to_owned() } else { "In flight:\n".to_owned() };
        for (number, (envelope, copies)) in (1..).zip(&rows) {
            let many = if *copies > 1 { format!(", {copies} copies") } else { String::new() };
            let waits = world.can_deliver(envelope).err().map(|why| format!(", {why}")).unwrap_or_default();
            let text = message_text(envelope, world);
            add(&mut said, &format!("  {number}. {}>{} {text}{many}{waits}.\n", envelope.from, envelope.to));
        }
        let others = world.enabled().into_iter().filter(|action| action.message().is_none());
        let others: Vec<String> = others.map(|action| action_text(&action, world)).collect();
        add(&mut said, &format!("Also possible: {}; any request, partition or rule.\n", others.join(", ")));
        if let Some(partition) = world.partition() {
            let cut = action_text(&Action::Partition(partition.clone()), world);
            add(&mut said, &format!("The network is cut: {cut}.\n"));
        }
        said
    }

    fn state(&self, name: &str) -> String {
        let Some(stage) = self.model.stage() else {
            return not_done(NO_STAGE);
        };
        let world = stage.world();
        let wanted = |process: &ProcessId| name.is_empty() || process.to_string() == name;
        let processes: Vec<ProcessId> = world.cluster().processes().filter(wanted).collect();
        if processes.is_empty() {
            let shown: String = name.chars().filter(|char| !char.is_control()).take(40).collect();
            return not_done(&format!("no process here is called `{shown}`"));
        }
        processes.into_iter().map(|process| state_of(world, process)).collect()
    }

    fn why(&self) -> String {
        match self.model.stage() {
            Some(stage) => last_step(stage).unwrap_or_else(|| "This is the beginning of the run.\n".to_owned()),
            None => not_done(NO_STAGE),
        }
    }

    fn notes(&self) -> String {
        let beat = self.model.stage().and_then(Stage::lesson).map(Player::beat);
        match beat.and_then(|beat| beat.notes) {
            Some(notes) => format!("For the lecturer: {}\n", plain(&notes)),
            None => not_done("there are no notes for the lecturer here"),
        }
    }

    /// Lesson texts may hold anything that is written on slides.
    fn say(&self, text: &str) -> String {
        if self.model.ascii() { ascii_text(text).into_owned() } else { text.to_owned() }
    }
}

/// The questions to the explorer, or what came of one.
fn questions(seek: &Seek) -> String {
    let mut said = String::new();
    let Some(verdict) = seek.verdict(None) else {
        add(&mut said, "Is there a way from here? `find NUMBER` asks, or `find` and a predicate:\n");
        for (number, one) in (1..).zip(&seek.questions) {
            add(&mut said, &format!("  {number}. {}\n", one.ask));
        }
        return said;
    };
    if matches!(seek.stand, Stand::Going { .. }) {
        return said;
    }
    let ask = seek.question().map_or("", |one| one.ask.as_str());
    add(&mut said, &format!("{ask} By {}.\n{verdict}\n", seek.allowed()));
    for (number, step) in (1..).zip(&seek.told) {
        add(&mut said, &format!("  {number}. {}: {}.\n", step.action, step.sentences.join("; ")));
    }
    if seek.is_found() {
        add(&mut said, "`open` puts it into the run, ahead of here.\n");
    }
    said
}

fn state_of(world: &World, process: ProcessId) -> String {
    let all = fields(world, Notation::Files, process);
    let told: Vec<String> =
        all.iter().filter(|(name, _)| *name != "up").map(|(name, value)| format!("{name}: {value}")).collect();
    let down = if world.is_up(process) { "" } else { " is crashed" };
    format!("{process}{down}. {}.\n", told.join("; "))
}

fn help() -> String {
    let mut said =
        String::from("Type an action in one line, like `elect L0`, `deliver L0>A1 p1a` or `drop all to A0`; or:\n");
    for (word, sentence) in OWN_WORDS {
        add(&mut said, &format!("  {word}: {sentence}\n"));
    }
    for Word { word, id } in &WORDS {
        let sentence = COMMANDS.iter().find(|command| command.id == *id).map_or("", |command| command.sentence);
        add(&mut said, &format!("  {word}: {sentence}\n"));
    }
    add(
        &mut said,
        "Actions: request, elect, deliver, drop, duplicate, crash, restart, partition, heal, resend, ping, timeout, rule.\n",
    );
    said
}

fn not_done(why: &str) -> String {
    format!("Not done: {why}.\n")
}

/// Says this too.
fn add(said: &mut String, text: &str) {
    said.push_str(text);
}

/// The steps between what had happened before and what has happened now, as far as they are new; or where we are back.
fn passage(stage: &Stage, before: &[Action]) -> String {
    let now = stage.session().actions();
    let same = now.iter().zip(before).take_while(|(one, other)| one == other).count();
    if now.len() == same {
        if now.len() == before.len() {
            return String::new();
        }
        return match last_step(stage) {
            // The first line is "Step 3: …".
            Some(text) => format!("Back at s{}\n", text.lines().next().unwrap_or_default().trim_start_matches('S')),
            None => "Back at the beginning of the run.\n".to_owned(),
        };
    }
    let mut said =
        if same < before.len() { format!("From step {same} on it goes another way.\n") } else { String::new() };
    add(
        &mut said,
        &if now.len() == same + 1 { last_step(stage).unwrap_or_default() } else { steps(stage, &now, same) },
    );
    said
}

/// The steps that were just taken, from this step on.
fn steps_since(stage: &Stage, step: u32) -> String {
    match stage.session().step().saturating_sub(step) {
        0 => String::new(),
        1 => last_step(stage).unwrap_or_default(),
        _ => steps(stage, &stage.session().actions(), step as usize),
    }
}

fn last_step(stage: &Stage) -> Option<String> {
    let session = stage.session();
    let now = session.now();
    Some(narration::step_text(&StepView {
        number: session.step() as usize,
        action: now.action.as_ref()?,
        before: now.before.as_ref()?,
        events: &now.events,
        after: &now.world,
        violations: &session.violations(),
        hides_rule: stage.hides_rule(),
    }))
}

/// All steps after the first so many.
fn steps(stage: &Stage, actions: &[Action], after: usize) -> String {
    let mut said = String::new();
    // The session began with this setup, and took these actions.
    let Ok(mut world) = World::new(stage.session().setup()) else { return said };
    let mut watch = Watch::new(&world);
    for (number, action) in (1..).zip(actions) {
        let before = world.clone();
        let Ok(events) = world.apply(action) else { return said };
        watch.observe(&before, &world, &events);
        if number > after {
            let (after, violations) = (&world, &watch.violations()[..]);
            add(
                &mut said,
                &narration::step_text(&StepView {
                    number,
                    action,
                    before: &before,
                    events: &events,
                    after,
                    violations,
                    hides_rule: stage.hides_rule(),
                }),
            );
        }
    }
    said
}
