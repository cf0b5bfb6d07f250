//! "Is there a schedule that …?": questions to the explorer about the moment that is on the stage. The search itself runs
//! outside, beside the screen: [`super::Effect::Explore`] begins it and [`super::Msg::Explored`] tells how it goes.

use std::collections::BTreeMap;

use crate::explore::{Allow, Answer, Asks, Chance, Goal, Limit, Limits, Question, Status, Suggestion, suggestions};
use crate::pmmc::ProcessId;
use crate::script::{action_text, parse_predicate, predicate_text};
use crate::session::NodeId;
use crate::world::text::Notation;
use crate::world::{Action, Refusal, Request, Watch, World, sentences, what_was_done};

use super::actions::{Outcome, stage};
use super::model::{Effect, Model, Notice, Overlay};
use super::prompt::{parse_request, suggestion};
use super::stage::moved;
use super::{Ask, Id, Key, Keymap, Stage, Typing};

const DONE: Outcome = Ok(Vec::new());

/// What may happen in any search.
const DELIVERIES: &str = "deliveries";

/// Where a search on the stage ends without an answer: it must not take the memory that other programs need.
const LIMITS: Limits = Limits { depth: None, states: Some(4_000_000), bytes: Some(768 << 20) };
/// The most that a key allows of anything.
const MOST_TIMES: u8 = 3;

/// What a key allows besides deliveries, and what it is called once and otherwise.
pub const CHANCES: [(char, Chance, &str, &str); 6] = [
    ('e', Chance::Elect, "election", "elections"),
    ('x', Chance::Drop, "drop", "drops"),
    ('d', Chance::Duplicate, "duplicate", "duplicates"),
    ('c', Chance::Crash, "crash", "crashes"),
    ('s', Chance::Resend, "resend", "resends"),
    ('r', Chance::Request, "request", "requests"),
];

/// A question that somebody outside is to answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sought {
    /// Which one, for what comes back.
    pub id: u64,
    /// From where.
    pub start: World,
    /// What was ever voted and decided before.
    pub watch: Watch,
    /// What is asked.
    pub question: Question,
}

/// What is heard of a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// How far it is.
    Going(Status),
    /// There is a way; whether it is the shortest is not known yet.
    Witness(Vec<Action>),
    /// The answer, with how far the search went for it.
    Over(Answer, Status),
    /// The question cannot be answered; why.
    Unanswerable(String),
}

/// A step of a schedule in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The action, as the language writes it.
    pub action: String,
    /// What happens and why.
    pub sentences: Vec<String>,
}

/// How far a question is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stand {
    /// It is picked still.
    Asking,
    /// It is searched for.
    Going {
        /// Which search.
        id: u64,
        /// How far it is.
        status: Status,
    },
    /// It is answered.
    Over(Answer, Status),
}

/// The panel of questions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seek {
    /// The questions that make sense at this moment, and the one that was typed.
    pub questions: Vec<Suggestion>,
    /// Which one is selected; behind the last is the one to be typed.
    pub selected: usize,
    /// What may happen besides deliveries, if that was changed; else each question has what it needs.
    changed: Option<Allow>,
    /// How far it is.
    pub stand: Stand,
    /// The schedule that is known, in words.
    pub told: Vec<Told>,
    schedule: Vec<Action>,
    /// Which invariant is broken at its end, and where, if that was the question.
    breaks: Option<String>,
    /// The first line of the schedule that is shown.
    pub scrolled: usize,
    from: NodeId,
    has_workload: bool,
    /// Whether a wrong rule is hidden, which no reason may tell.
    hides_rule: bool,
    /// What no delivery can end, and how many messages wait for it.
    waits: BTreeMap<Wait, usize>,
    /// Whether anything is in flight.
    has_messages: bool,
}

impl Seek {
    fn new(stage: &Stage) -> Self {
        let session = stage.session();
        let world = with_requests(session.world());
        Self {
            questions: suggestions(&world, session.watch()),
            selected: 0,
            changed: None,
            stand: Stand::Asking,
            told: Vec::new(),
            schedule: Vec::new(),
            breaks: None,
            scrolled: 0,
            from: session.here(),
            has_workload: world.next_of_workload().is_some(),
            hides_rule: stage.hides_rule(),
            waits: what_waits(session.world()),
            has_messages: !session.world().network().is_empty(),
        }
    }

    /// The question that is selected; `None` for the one to be typed.
    pub fn question(&self) -> Option<&Suggestion> {
        self.questions.get(self.selected)
    }

    /// What may happen besides deliveries.
    pub fn allow(&self) -> Allow {
        let needed = self.question().map_or(Allow::default().with(Chance::Elect, Some(1)), |one| one.allow);
        self.changed.unwrap_or(needed)
    }

    /// What can be allowed here: the key, how often it is, and what it is called so often.
    pub fn chances(&self) -> Vec<(char, u8, &'static str)> {
        let offered = CHANCES.iter().filter(|(_, chance, ..)| *chance != Chance::Request || self.has_workload);
        let named = offered.map(|(key, chance, one, many)| {
            let times = self.allow().of(*chance).unwrap_or(u8::MAX);
            (*key, times, if times == 1 { *one } else { *many })
        });
        named.collect()
    }

    /// What may happen, in words: `deliveries, 1 election`.
    pub fn allowed(&self) -> String {
        let mut all = vec![DELIVERIES.to_owned()];
        for (_, chance, one, many) in CHANCES {
            match self.allow().of(chance) {
                Some(0) => {}
                Some(1) => all.push(format!("1 {one}")),
                Some(times) => all.push(format!("{times} {many}")),
                None => all.push(format!("any {many}")),
            }
        }
        if self.allow().of(Chance::Restart) != Some(0) {
            all.push("a restart".to_owned());
        }
        let last = all.pop().unwrap_or_default();
        if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) }
    }

    /// What came of it, in a sentence; `None` while it is picked still. With a keymap, where keys are pressed, it names those
    /// that help.
    pub fn verdict(&self, keymap: Option<&Keymap>) -> Option<String> {
        let steps = match self.schedule.len() {
            1 => "1 step".to_owned(),
            count => format!("{count} steps"),
        };
        Some(match &self.stand {
            Stand::Asking => return None,
            Stand::Going { .. } if self.schedule.is_empty() => "Looking…".to_owned(),
            Stand::Going { .. } => format!("Yes, in {steps}, found by chance. Looking for the shortest…"),
            Stand::Over(Answer::Found { .. }, _) if self.schedule.is_empty() => "It is so already, here.".to_owned(),
            Stand::Over(Answer::Found { shortest: true, .. }, _) => {
                let breaks = self.breaks.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                format!("Yes, in {steps}, and in no fewer{breaks}.")
            }
            Stand::Over(Answer::Found { shortest: false, .. }, _) => {
                format!("Yes, in {steps}, found by chance. Whether fewer do is not known.")
            }
            Stand::Over(Answer::None, status) => self.denied(status.states, keymap),
            Stand::Over(Answer::Stopped(limit), status) => {
                let what = if *limit == Limit::Memory { "memory" } else { "worlds" };
                let depth = status.depth.saturating_sub(1);
                let longer = match self.question().and_then(|one| one.theorem) {
                    Some(theorem) => format!(". No longer one does either, unless a rule was broken: {theorem:?}"),
                    None => "; a longer one may".to_owned(),
                };
                let within = if *limit == Limit::Memory { "the".to_owned() } else { grouped(status.states) };
                format!("Not found within {within} {what}: no schedule of up to {depth} steps does it{longer}.")
            }
        })
    }

    /// That there is no way, as an answer to how it was asked: with what may happen, what only somebody's hand can
    /// change, and how it is known.
    fn denied(&self, states: usize, keymap: Option<&Keymap>) -> String {
        let asks_how = self.question().is_some_and(|one| one.asks == Asks::How);
        let head = if asks_how { "It cannot" } else { "No, not" };
        let alone = if self.allowed() == DELIVERIES { " alone" } else { "" };
        let mut told = vec![format!("{head}{} with {}{alone}", if asks_how { "," } else { "" }, self.allowed())];
        told.extend(self.waits.iter().map(|(why, count)| waiting(*why, *count, keymap)));
        told.extend((!self.has_messages).then(|| "Nothing is in flight".to_owned()));
        let worlds = if states == 1 { "world" } else { "worlds" };
        told.push(format!("Searched to the end: {} {worlds}", grouped(states)));
        format!("{}.", told.join(". "))
    }

    /// Another number of times for what this key allows.
    fn change(&mut self, key: char) {
        let Some((_, chance, ..)) = CHANCES.iter().find(|(known, ..)| *known == key) else { return };
        let times = match self.allow().of(*chance) {
            Some(times) if times < MOST_TIMES => times + 1,
            _ => 0,
        };
        self.changed = Some(self.allow().with(*chance, Some(times)));
    }

    fn learn(&mut self, schedule: Vec<Action>, start: &World, watch: &Watch) {
        let hides_rule = self.hides_rule;
        let (mut world, mut watch) = (start.clone(), watch.clone());
        self.told.clear();
        for action in &schedule {
            let text = action_text(action, &world);
            // It was taken on the engine before.
            let before = world.clone();
            let events = world.apply(action).unwrap_or_default();
            watch.observe(&before, &world, &events);
            let mut told = sentences(Notation::Screen, action, &events);
            if hides_rule {
                told = told.iter().map(|one| what_was_done(one).to_owned()).collect();
            }
            self.told.push(Told { action: text, sentences: told });
        }
        let asks_for_it = matches!(self.question(), Some(Suggestion { goal: Goal::Check(_), .. }));
        let broken = watch.violations().into_iter().next().filter(|_| asks_for_it);
        self.breaks = broken.map(|one| format!("{:?}, {}", one.invariant, one.why));
        self.scrolled = 0;
        self.schedule = schedule;
    }

    /// The steps that are known and can be opened.
    pub fn is_found(&self) -> bool {
        !self.schedule.is_empty()
    }
}

/// The world with something ahead that a client may request: the next of its workload, or one more `put`.
fn with_requests(world: &World) -> World {
    if world.next_of_workload().is_some() {
        return world.clone();
    }
    match parse_request(world, &suggestion(world)) {
        Ok(Action::Request(client, op)) => world.clone().with_workload(vec![Request { client, op }]),
        _ => world.clone(),
    }
}

/// Why a message in flight cannot arrive, as the engine refuses it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wait {
    /// The network is cut.
    Cut,
    /// Its receiver is down.
    Down(ProcessId),
}

/// How many messages in flight cannot arrive, and why.
fn what_waits(world: &World) -> BTreeMap<Wait, usize> {
    let mut waits = BTreeMap::new();
    for envelope in world.network().each() {
        let why = match world.can_deliver(envelope) {
            Err(Refusal::CutOff { .. }) => Wait::Cut,
            Err(Refusal::ReceiverDown(process)) => Wait::Down(process),
            _ => continue,
        };
        *waits.entry(why).or_insert(0) += 1;
    }
    waits
}

/// The same in words, with the key that ends each wait if keys are pressed.
fn waiting(why: Wait, count: usize, keymap: Option<&Keymap>) -> String {
    let count = if count == 1 { "1 message waits".to_owned() } else { format!("{count} messages wait") };
    let (why, key, ends) = match why {
        Wait::Cut => ("the network is cut".to_owned(), Id::Cut, "heals"),
        Wait::Down(process) => (format!("{process} is crashed"), Id::Crash, "restarts"),
    };
    let key = keymap.map(|keymap| format!(" ({} {ends})", keymap.first(key))).unwrap_or_default();
    format!("{count}: {why}{key}")
}

/// A number with its thousands apart: `12,345`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Opens the panel.
pub(crate) fn open(model: &mut Model, _: Key) -> Outcome {
    let seek = Seek::new(stage(model)?);
    model.overlay = Some(Overlay::Seek(Box::new(seek)));
    DONE
}

pub(crate) fn cannot_open(model: &Model) -> Option<String> {
    model.stage()?.asks().then(|| "a question waits for your answer: a search would give it away".to_owned())
}

fn seek(model: &mut Model) -> Option<&mut Seek> {
    match &mut model.overlay {
        Some(Overlay::Seek(seek)) => Some(seek),
        _ => None,
    }
}

/// Up or down: in the questions, or in the schedule; `None` if the panel is not open.
pub(crate) fn select(model: &mut Model, down: bool) -> Option<Outcome> {
    let seek = seek(model)?;
    let (at, count) = match seek.stand {
        Stand::Asking => (&mut seek.selected, seek.questions.len() + 1),
        Stand::Going { .. } | Stand::Over(..) => (&mut seek.scrolled, seek.told.len()),
    };
    Some(moved(*at, count, down, "line").map(|moved| {
        *at = moved;
        Vec::new()
    }))
}

/// A digit: asks this question.
pub(crate) fn ask_number(model: &mut Model, key: Key) -> Outcome {
    let Key::Char(char) = key else { return DONE };
    let number = char.to_digit(10).unwrap_or(0) as usize;
    let is_asked = asked(model);
    let Some(seek) = seek(model).filter(|seek| seek.stand == Stand::Asking) else { return Err(is_asked) };
    if number == 0 || number > seek.questions.len() + 1 {
        return Err(format!("there is no question {number}: 1 to {} are", seek.questions.len() + 1));
    }
    seek.selected = number - 1;
    accept(model)
}

fn asked(model: &Model) -> String {
    format!("it is asked already: {} goes back to the questions", model.keymap.first(Id::Close))
}

/// A letter: how often something may happen.
pub(crate) fn allow(model: &mut Model, key: Key) -> Outcome {
    let is_asked = asked(model);
    let Some(seek) = seek(model).filter(|seek| seek.stand == Stand::Asking) else { return Err(is_asked) };
    if let Key::Char(char) = key {
        seek.change(char);
    }
    DONE
}

/// Enter: asks, or opens what was found.
pub(crate) fn accept(model: &mut Model) -> Outcome {
    let close = model.keymap.first(Id::Close);
    let Some(seek) = seek(model) else { return DONE };
    match seek.stand {
        Stand::Asking => {
            if let Some(question) = seek.question().cloned() {
                return begin(model, question.goal);
            }
            model.overlay = Some(Overlay::Typing(Typing::new(Ask::Predicate, "")));
            DONE
        }
        Stand::Going { .. } | Stand::Over(..) if seek.is_found() => show(model),
        Stand::Going { .. } => Err(format!("nothing is found yet; {close} stops looking")),
        Stand::Over(..) => Err("there is no schedule to open".to_owned()),
    }
}

/// A line asks: the question of this number, or a predicate.
pub(crate) fn ask(model: &mut Model, text: &str) -> Outcome {
    if let Some(why) = cannot_open(model) {
        return Err(why);
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return typed(model, text);
    }
    open(model, Key::Enter)?;
    match text.parse() {
        Ok(digit) => ask_number(model, Key::Char(digit)),
        Err(_) => Err(format!("there is no question {text}")),
    }
}

/// A predicate was typed: it is asked like the others.
pub(crate) fn typed(model: &mut Model, text: &str) -> Outcome {
    let stage = stage(model)?;
    let parsed = parse_predicate("", text);
    let predicate = parsed.map_err(|error| error.clauses().replace("the file ends", "the question ends"))?;
    if let Some(unknown) = predicate.unknown_name(stage.world().cluster()) {
        return Err(unknown);
    }
    let mut seek = Seek::new(stage);
    let ask = predicate_text(&predicate);
    let goal = Goal::find(predicate);
    let allow = Allow::default().with(Chance::Elect, Some(1));
    seek.questions.insert(0, Suggestion { name: ask.clone(), ask, asks: Asks::Whether, goal, allow, theorem: None });
    model.remember(text);
    model.overlay = Some(Overlay::Seek(Box::new(seek)));
    accept(model)
}

fn begin(model: &mut Model, goal: Goal) -> Outcome {
    let id = model.searches + 1;
    let stage = stage(model)?;
    let (start, watch) = (with_requests(stage.world()), stage.session().watch().clone());
    model.searches = id;
    let Some(seek) = seek(model) else { return DONE };
    let question = Question { goal, allow: seek.allow(), limits: LIMITS };
    seek.stand = Stand::Going { id, status: Status::default() };
    Ok(vec![Effect::Explore(Box::new(Sought { id, start, watch, question }))])
}

/// Something is heard of a search; of one that was given up nobody wants to hear.
pub(crate) fn hear(model: &mut Model, heard: u64, news: News) {
    let now = model.stage().map(|stage| (stage.world().clone(), stage.session().watch().clone()));
    let Some((world, watch)) = now else { return };
    let Some(seek) = seek(model) else { return };
    let Stand::Going { id, status } = &mut seek.stand else { return };
    if *id != heard {
        return;
    }
    match news {
        News::Going(now) => *status = now,
        News::Witness(schedule) => {
            seek.learn(schedule, &world, &watch);
            model.notice = None;
        }
        News::Over(answer, status) => {
            if let Answer::Found { actions, .. } = &answer
                && *actions != seek.schedule
            {
                seek.learn(actions.clone(), &world, &watch);
            }
            seek.stand = Stand::Over(answer, status);
            // What was said while it looked holds no longer.
            model.notice = None;
        }
        News::Unanswerable(why) => {
            seek.stand = Stand::Asking;
            model.notice = Some(Notice { text: why, refused: true });
        }
    }
}

/// A search that goes on is given up by whoever leaves.
pub(crate) fn give_up(model: &Model) -> Option<Effect> {
    let goes = matches!(&model.overlay, Some(Overlay::Seek(seek)) if matches!(seek.stand, Stand::Going { .. }));
    goes.then_some(Effect::StopExploring)
}

/// Esc: back to the questions, or out of the panel; a search that goes on is given up.
pub(crate) fn close(model: &mut Model) -> Outcome {
    let Some(seek) = seek(model) else { return DONE };
    let stop = match seek.stand {
        Stand::Asking => {
            model.overlay = None;
            return DONE;
        }
        Stand::Going { .. } => vec![Effect::StopExploring],
        Stand::Over(..) => Vec::new(),
    };
    seek.stand = Stand::Asking;
    (seek.told, seek.schedule, seek.scrolled) = (Vec::new(), Vec::new(), 0);
    Ok(stop)
}

/// Opens the schedule as a branch of the run: we stand where it starts, and it lies ahead.
fn show(model: &mut Model) -> Outcome {
    let Some(seek) = seek(model) else { return DONE };
    let effects = if matches!(seek.stand, Stand::Going { .. }) { vec![Effect::StopExploring] } else { Vec::new() };
    let (schedule, from) = (std::mem::take(&mut seek.schedule), seek.from);
    let name = seek.question().map(|one| one.name.clone()).unwrap_or_default();
    let steps = schedule.len();
    model.overlay = None;
    let is_branch = stage(model)?.branch(from, schedule, &name).map_err(|why| why.to_string())?;
    let (forward, other) = (model.keymap.first(Id::Forward), model.keymap.first(Id::SwitchBranch));
    let text = if is_branch {
        format!(
            "{steps} steps lie ahead, as the run \"{name}\": {forward} goes through them, {other} leads to the other future"
        )
    } else {
        format!("{steps} steps lie ahead: {forward} goes through them")
    };
    model.notice = Some(Notice { text, refused: false });
    Ok(effects)
}
