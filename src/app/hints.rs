//! The hint bar: what can be pressed now, the most useful first.

use std::borrow::Cow;

use crate::pmmc::ProcessId;

use super::command::{Command, Id};
use super::commands::{COMMANDS, open_task};
use super::lesson::{Player, Stuck, Task, TaskState};
use super::{BOXES, Model, Overlay, Stage, View};

/// A hint of what can be pressed now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// Which command it is; of several that read alike the first.
    pub id: Id,
    /// The keys, as they are called.
    pub keys: String,
    /// What they do.
    pub label: Cow<'static, str>,
}

/// What can be pressed now, most useful first. The last one is how to see all the others.
pub fn hints(model: &Model) -> Vec<Hint> {
    let mut hints = in_order_of_the_table(model);
    home_in_sight(&mut hints, model);
    keep_steps_in_place(&mut hints, model);
    process_first(&mut hints, model);
    view_first(&mut hints, model);
    task_first(&mut hints, model);
    end_of_wait_first(&mut hints, model);
    // What the step broke that somebody has just taken comes before all else.
    let plays = |stage: &&Stage| stage.foresees() && stage.view().is_none() && model.overlay().is_none();
    if model.stage().filter(plays).and_then(Stage::alarm).is_some() {
        hints.sort_by_key(|hint| hint.id != Id::View(View::Invariants));
    }
    // At a lesson's end: the next one, or home, where that is selected.
    if model.overlay().is_none() && model.stage().and_then(Stage::lesson).is_some_and(Player::finished) {
        hints.sort_by_key(|hint| !matches!(hint.id, Id::GoOn | Id::HomeScreen));
    }
    // Where only one panel is shown, how to get to the other one comes first; in a lesson what it asks for.
    let teaches = model.stage().is_some_and(|stage| stage.lesson().is_some());
    if model.size.1 > 0 && model.size.1 < 16 && !teaches {
        hints.sort_by_key(|hint| hint.id != Id::Focus);
    }
    hints
}

/// The way home stands before what is done to a run besides its usual steps: whoever does not see it leaves the program.
fn home_in_sight(hints: &mut [Hint], model: &Model) {
    let teaches = model.stage().is_some_and(|stage| stage.lesson().is_some());
    let is_usual = |id: Id| id == Id::Deliver || !teaches && matches!(id, Id::Request | Id::Elect);
    let besides = hints.iter().position(|hint| verb_of(hint.id).is_some() && !is_usual(hint.id));
    let home = hints.iter().position(|hint| hint.id == Id::HomeScreen);
    if let (Some(besides), Some(home)) = (besides, home.filter(|home| Some(*home) > besides)) {
        hints[besides..=home].rotate_right(1);
    }
}

/// Among the processes what can be done with the chosen one comes first, by its name.
fn process_first(hints: &mut [Hint], model: &Model) {
    let stage = model.stage().filter(|_| model.overlay().is_none());
    let Some(process) = stage.and_then(Stage::focused_process) else { return };
    let leads = matches!(process, ProcessId::Leader(_));
    let acts = |hint: &Hint| matches!(hint.id, Id::Crash | Id::View(View::Process)) || leads && hint.id == Id::Elect;
    hints.iter_mut().filter(|hint| acts(hint)).for_each(|hint| {
        // What is folded in its box, too.
        let label = if hint.id == Id::View(View::Process) { "all of" } else { &hint.label };
        hint.label = format!("{label} {process}").into();
    });
    hints.sort_by_key(|hint| match hint.id {
        Id::GoOn => 0,
        _ if acts(hint) => 0,
        Id::Up | Id::Focus | Id::Deliver => 1,
        _ => 2,
    });
}

/// In a view what works in it comes first.
fn view_first(hints: &mut [Hint], model: &Model) {
    let Some(view) = model.stage().and_then(Stage::focused_view) else { return };
    let has_choice = model.stage().is_some_and(|stage| stage.rows().len() > 1);
    hints.sort_by_key(|hint| match hint.id {
        Id::Close | Id::Deliver | Id::Up | Id::Rename | Id::Compare => 0,
        Id::Focus if has_choice || view == View::Process => 1,
        _ => 2,
    });
}

/// In a task what it is solved with comes first, and nothing else is offered that would take a step.
fn task_first(hints: &mut Vec<Hint>, model: &Model) {
    let Some(task) = open_task(model) else { return };
    let walks = model.stage().and_then(Stage::lesson).is_some_and(Player::walks);
    hints.retain(|hint| verb_of(hint.id).is_none_or(|verb| may(&task, verb)));
    let is_narrow = (1..BOXES.0).contains(&model.size.0);
    hints.sort_by_key(|hint| task_rank(hint.id, &task, walks, is_narrow));
    if let (Some((step, count)), Some(on)) = (task.coming, hints.iter_mut().find(|hint| hint.id == Id::GoOn)) {
        let again = if task.shown.is_none() { "again: " } else { "" };
        on.label = format!("{again}step {step} of {count}").into();
    }
}

/// Where the selected message waits: what ends that, and how to select another one.
fn end_of_wait_first(hints: &mut [Hint], model: &Model) {
    let Some(ends) = ends_the_wait(model) else { return };
    hints.iter_mut().filter(|hint| hint.id == Id::Crash && ends == Id::Crash).for_each(|hint| {
        hint.label = "restart".into();
    });
    hints.sort_by_key(|hint| match hint.id {
        Id::Up => 0,
        id if id == ends => 1,
        _ => 2,
    });
}

/// What can be pressed now, as the table of commands lists it; what reads alike is one hint.
fn in_order_of_the_table(model: &Model) -> Vec<Hint> {
    let scope = model.scope();
    let mut hints: Vec<Hint> = Vec::new();
    for command in COMMANDS.iter().filter(|command| command.applies(scope)) {
        let Some(label) = (command.hint)(model) else { continue };
        if command.why_not(model).is_some() {
            continue;
        }
        let keys = shown_keys(command, model);
        match hints.last_mut() {
            Some(last) if last.label == label => {
                let is_sign = |keys: &str| keys.chars().count() == 1 && !keys.contains(char::is_alphanumeric);
                if !(is_sign(&last.keys) && is_sign(&keys)) {
                    last.keys.push('/');
                }
                last.keys.push_str(&keys);
            }
            _ => hints.push(Hint { id: command.id, keys, label: label.into() }),
        }
    }
    hints
}

/// Of the keys to go back and forward one may not act: its place stays, so that what stands behind it does not move from
/// step to step.
fn keep_steps_in_place(hints: &mut [Hint], model: &Model) {
    let blanks = |id: Id| " ".repeat(model.keymap.first(id).chars().count());
    let can = |id: Id| COMMANDS.iter().any(|command| command.id == id && command.why_not(model).is_none());
    let Some(steps) = hints.iter_mut().find(|hint| matches!(hint.id, Id::Back | Id::Forward)) else { return };
    match steps.id {
        Id::Forward => steps.keys.insert_str(0, &blanks(Id::Back)),
        _ if !can(Id::Forward) => steps.keys.push_str(&blanks(Id::Forward)),
        _ => {}
    }
}

/// The key that lets the selected message of a free run be delivered, if it waits for a process or for the network.
fn ends_the_wait(model: &Model) -> Option<Id> {
    let stage = model.stage().filter(|stage| stage.lesson().is_none() && stage.focus() == super::Focus::InFlight)?;
    let envelope = stage.selected().filter(|_| model.overlay().is_none())?;
    stage.world().can_deliver(envelope).err()?;
    Some(if stage.world().is_up(envelope.to) { Id::Cut } else { Id::Crash })
}

/// Why the task that is open allows nothing that this command does: said at once, before anything is asked.
pub(crate) fn task_refuses(model: &Model, id: Id) -> Option<String> {
    let player = model.stage().filter(|_| model.overlay().is_none())?.lesson()?;
    let task = player.task().filter(|task| task.state == TaskState::Open && !player.off_path())?;
    let other = match id {
        // In its focused panel it does something else, and what it delivers is judged then.
        Id::Deliver => return None,
        Id::Crash => "restart",
        Id::Cut => "heal",
        _ => verb_of(id)?,
    };
    verb_of(id).filter(|_| !task.allows(other)).and_then(|verb| task.why_not(verb))
}

/// Whether what this command cannot do changes nothing for anybody: the end of a list, what is told already.
pub(crate) fn only_looks(id: Id) -> bool {
    matches!(
        id,
        Id::Answer
            | Id::BeatBefore
            | Id::TaskHint
            | Id::ShowStep
            | Id::ResetTask
            | Id::SkipTask
            | Id::Notes
            | Id::Slide
            | Id::FullText
            | Id::BeginAgain
            | Id::SwitchBranch
            | Id::Back
            | Id::Forward
            | Id::ToStart
            | Id::ToEnd
            | Id::Up
            | Id::Down
            | Id::LineBefore
            | Id::LineAfter
            | Id::OlderLine
            | Id::NewerLine
            | Id::Complete
            | Id::Faster
            | Id::Slower
            | Id::Close
    )
}

/// The verb of the actions that a command takes, if it takes any.
fn verb_of(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::Deliver => "deliver",
        Id::Drop | Id::DropAll => "drop",
        Id::Duplicate => "duplicate",
        Id::Request => "request",
        Id::Elect => "elect",
        Id::Crash => "crash",
        Id::Resend => "resend",
        Id::Cut => "partition",
        _ => return None,
    })
}

/// Whether it is of use in this task to do something of this verb.
fn may(task: &Task, verb: &str) -> bool {
    task.allows(verb) && (verb != "deliver" || task.stuck != Some(Stuck::UsedUp))
}

/// In a task what it is solved with and what helps comes first, and giving it up after that; while its solution is shown,
/// going on and back. Where there is room for few hints, going on, a clicker's only key, is among them.
fn task_rank(id: Id, task: &Task, walks: bool, is_narrow: bool) -> usize {
    // Where no delivery is left, only going back helps.
    let is_spent = task.stuck == Some(Stuck::UsedUp);
    match id {
        Id::Back | Id::ResetTask if is_spent => 0,
        Id::GoOn | Id::BeatBefore if walks => 0,
        Id::Deliver => 1,
        Id::GoOn if is_narrow => 2,
        _ if verb_of(id).is_some_and(|verb| task.is_for(verb)) => 3,
        Id::GoOn | Id::TaskHint | Id::ShowStep | Id::ResetTask => 4,
        _ => 5,
    }
}

/// The keys of a command as the hint bar shows them: the first one, or the digits of the answers that there are.
fn shown_keys(command: &Command, model: &Model) -> String {
    let question = model.stage().and_then(Stage::lesson).and_then(Player::question);
    match (command.id, question) {
        (Id::Allow, _) => match model.overlay() {
            Some(Overlay::Seek(seek)) => {
                let keys: Vec<String> = seek.chances().iter().map(|(key, ..)| key.to_string()).collect();
                keys.join(" ")
            }
            _ => String::new(),
        },
        (Id::Answer, Some(question)) => format!("1-{}", question.choices.len()),
        // A clicker's key beside the one on the keyboard, if there is room for both.
        (Id::GoOn, _) if !(1..60).contains(&model.size.0) => model.keymap.label(command).replace(' ', "/"),
        _ => model.keymap.first(command.id),
    }
}
