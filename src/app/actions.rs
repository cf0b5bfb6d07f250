//! What the commands do. Each one changes the model or says in one sentence why it cannot.

use crate::pmmc::{LeaderId, ProcessId};
use crate::session::Session;
use crate::teach::Quiz;
use crate::world::{Action, Envelope, Event, Refusal, World, changes};

use super::lesson::{Player, Showed, Went};
use super::model::{Effect, Model, Notice, Offer, Overlay, Place};
use super::prompt::{self, Purpose};
use super::stage::{NO_STAGE, moved};
use super::{Ask, Help, Id, Key, Keymap, Line, Pick, Play, Stage, Typing, View, habits, progress, seek, views};

/// Done, with what is to do outside; or why not.
pub(crate) type Outcome = Result<Vec<Effect>, String>;

const DONE: Outcome = Ok(Vec::new());

fn nothing_in_flight(keymap: &Keymap) -> String {
    let (request, elect) = (keymap.first(Id::Request), keymap.first(Id::Elect));
    format!("nothing is in flight: {request} makes a request, {elect} elects a leader")
}

/// Why no message is selected: there is none, or none is listed.
fn nothing_selected(model: &Model) -> String {
    match model.stage().filter(|stage| !stage.world().network().is_empty()) {
        Some(stage) => stage.no_match(),
        None => nothing_in_flight(&model.keymap),
    }
}

/// The stage that is shown; why not, if none is.
pub(super) fn stage(model: &mut Model) -> Result<&mut Stage, String> {
    model.stage_mut().ok_or_else(|| NO_STAGE.to_owned())
}

/// Does something with the selected message.
fn with_selected(model: &mut Model, action: fn(Envelope) -> Action) -> Outcome {
    let nothing = nothing_selected(model);
    let stage = stage(model)?;
    let envelope = stage.selected().cloned().ok_or(nothing)?;
    stage.act(action(envelope)).map_err(|refusal| refusal.to_string())?;
    DONE
}

/// Why this cannot be done with the selected message.
fn refused(model: &Model, can: fn(&World, &Envelope) -> Result<(), Refusal>) -> Option<String> {
    let Some(stage) = model.stage() else { return Some(NO_STAGE.to_owned()) };
    let Some(envelope) = stage.selected() else { return Some(nothing_selected(model)) };
    can(stage.world(), envelope).err().map(|refusal| refusal.to_string())
}

pub(crate) fn deliver(model: &mut Model, _: Key) -> Outcome {
    if let Some(went) = views::go_to_run(model).or_else(|| views::go_to_breach(model)) {
        return went;
    }
    if let Some(choice) = model.stage().and_then(Stage::choice) {
        stage(model)?.teach(|player| player.answer(choice));
        return DONE;
    }
    with_selected(model, Action::Deliver)?;
    tell_of_nothing(model);
    DONE
}

/// In a task, whose words have the place of the reasons: why a message that arrived did nothing at all.
fn tell_of_nothing(model: &mut Model) {
    let Some(stage) = model.stage().filter(|stage| stage.lesson().is_some_and(|player| player.task().is_some())) else {
        return;
    };
    let now = stage.session().now();
    let is_still = now.before.as_ref().is_some_and(|before| changes(before, &now.world).is_empty());
    let sends = now.events.iter().any(|event| matches!(event, Event::Sent(_)));
    if is_still
        && !sends
        && let Some(why) = stage.why().into_iter().next()
    {
        model.tell(why);
    }
}

pub(crate) fn cannot_deliver(model: &Model) -> Option<String> {
    if model.stage().and_then(Stage::focused_view) == Some(View::Runs) {
        return None;
    }
    if let Some(can) = model.stage().and_then(views::breach) {
        return can.err();
    }
    match model.stage().filter(|stage| stage.chooses()) {
        Some(stage) => stage.choice().is_none().then(|| {
            let down = model.keymap.first(Id::Down);
            format!("answer it by its number, or select an answer with {down}")
        }),
        None => refused(model, World::can_deliver),
    }
}

pub(crate) fn lose(model: &mut Model, _: Key) -> Outcome {
    with_selected(model, Action::Drop)
}

pub(crate) fn cannot_lose(model: &Model) -> Option<String> {
    refused(model, World::can_lose)
}

pub(crate) fn duplicate(model: &mut Model, _: Key) -> Outcome {
    with_selected(model, Action::Duplicate)
}

pub(crate) fn cannot_duplicate(model: &Model) -> Option<String> {
    refused(model, World::can_lose)
}

/// The next beat, or the next delivery; a page down in the help.
pub(crate) fn go_on(model: &mut Model, key: Key) -> Outcome {
    if let Some(Overlay::Help(_)) = model.overlay {
        return scroll(model, 10);
    }
    if let Some(went) = progress::next_question(stage(model)?) {
        return went;
    }
    // A clicker's key is a lecturer's: the class has heard what is to be done. A student is told first that space gives
    // the solution away.
    let next = |player: &mut Player| {
        if key == Key::PageDown {
            player.begin_walk();
        }
        (player.finished(), player.next())
    };
    let Some((was_finished, went)) = stage(model)?.teach(next) else { return deliver(model, key) };
    match went {
        Went::TaskIsOpen => {
            let (hint, again) = (model.keymap.first(Id::TaskHint), model.keymap.first(Id::GoOn));
            let coming = model.stage().and_then(Stage::lesson).and_then(Player::task).and_then(|task| task.coming);
            let step = coming.map_or("a step".to_owned(), |(step, count)| format!("step {step} of {count}"));
            model.tell(format!("your turn; {hint}: hint, {again} again: {step}"));
            DONE
        }
        Went::Step(showed) => {
            tell_of_step(model, showed, Id::GoOn);
            DONE
        }
        Went::Nowhere if was_finished => progress::next_lesson(model, key),
        _ => DONE,
    }
}

pub(crate) fn cannot_go_on(model: &Model) -> Option<String> {
    let stage = model.stage()?;
    if model.overlay.is_none() && stage.lesson().is_none() { cannot_deliver(model) } else { None }
}

pub(crate) fn beat_before(model: &mut Model, _: Key) -> Outcome {
    if let Some(Overlay::Help(_)) = model.overlay {
        return scroll(model, -10);
    }
    let (back, start) = (model.keymap.first(Id::Back), model.keymap.first(Id::ToStart));
    let stage = stage(model)?;
    match stage.take_quiz(Quiz::previous).or_else(|| stage.teach(Player::previous)) {
        Some(Went::Nowhere) if stage.quiz().is_some() => Err("this is the first question".to_owned()),
        None => Err(format!("there are no beats in a sandbox: {back} goes one step back, {start} to the beginning")),
        Some(Went::Nowhere) => progress::lesson_before(model),
        Some(_) => DONE,
    }
}

/// The next hint; it stays below the task's text.
pub(crate) fn hint(model: &mut Model, _: Key) -> Outcome {
    stage(model)?.teach(Player::hint).flatten().map(|_| Vec::new()).ok_or_else(|| "there is no hint left".to_owned())
}

/// One step of the solution.
pub(crate) fn show_step(model: &mut Model, _: Key) -> Outcome {
    match stage(model)?.teach(Player::show_step) {
        Some(Showed::Nothing) | None => Err("there is nothing to show: the goal is met here".to_owned()),
        Some(showed) => {
            tell_of_step(model, showed, Id::ShowStep);
            DONE
        }
    }
}

/// What was shown, where the lesson's words do not say it. `next`: the command that shows the next step.
fn tell_of_step(model: &mut Model, showed: Showed, next: Id) {
    match showed {
        Showed::OwnWay(0) => model.tell("the last step of the shortest way from here: the goal is met".to_owned()),
        Showed::OwnWay(left) => {
            let more = if left == 1 { "1 more step" } else { &format!("{left} more steps") };
            model.tell(format!("one step of the shortest way from here: {more} to the goal"));
        }
        Showed::BackToStart => {
            let key = model.keymap.first(next);
            model.tell(format!("you were on another way: back at the task's start, {key} shows the first step"));
        }
        Showed::Step | Showed::Nothing => {}
    }
}

/// Gives the task up.
pub(crate) fn skip_task(model: &mut Model, _: Key) -> Outcome {
    let skipped = stage(model)?.teach(Player::skip_task).unwrap_or(false);
    if skipped { DONE } else { Err("no task is open here".to_owned()) }
}

/// Back to where the task began.
pub(crate) fn reset_task(model: &mut Model, _: Key) -> Outcome {
    let again = stage(model)?.teach(Player::reset_task).unwrap_or(false);
    if again { DONE } else { Err("no task is open here".to_owned()) }
}

pub(crate) fn turn_notes(model: &mut Model, _: Key) -> Outcome {
    stage(model)?.turn_notes();
    DONE
}

pub(crate) fn cannot_show_notes(model: &Model) -> Option<String> {
    let Some(player) = model.stage()?.lesson() else { return Some("a sandbox has no notes for a lecturer".to_owned()) };
    player.beat().notes.is_none().then(|| "this beat has no notes for the lecturer".to_owned())
}

pub(crate) fn answer(model: &mut Model, key: Key) -> Outcome {
    let Key::Char(char) = key else { return DONE };
    let choice = char.to_digit(10).unwrap_or(0) as usize;
    let stage = stage(model)?;
    let Some(question) = stage.lesson().and_then(Player::question) else {
        stage.select_number(choice)?;
        return DONE;
    };
    let count = question.choices.len();
    if choice == 0 || choice > count {
        return Err(format!("there is no answer {choice}: 1 to {count} are"));
    }
    stage.teach(|player| player.answer(choice - 1));
    DONE
}

pub(crate) fn cannot_answer(model: &Model) -> Option<String> {
    let player = model.stage().and_then(Stage::lesson);
    match player.and_then(Player::question) {
        None => None,
        Some(question) if question.truth.is_some() => {
            Some(format!("it is answered: {} goes on", model.keymap.first(Id::GoOn)))
        }
        Some(_) => player.filter(|player| player.off_path()).map(|_| {
            format!("you left the lesson's path: {} leads back to the question", model.keymap.first(Id::GoOn))
        }),
    }
}

pub(crate) fn up(model: &mut Model, _: Key) -> Outcome {
    select(model, false)
}

pub(crate) fn down(model: &mut Model, _: Key) -> Outcome {
    select(model, true)
}

fn select(model: &mut Model, down: bool) -> Outcome {
    if let Some(Overlay::Help(_)) = model.overlay {
        return scroll(model, if down { 1 } else { -1 });
    }
    if model.place == Place::Home {
        let count = model.home.offers.len() + model.stages.len();
        model.home.selected = moved(model.home.selected, count, down, "line")?;
        return DONE;
    }
    if let Some(moved) = seek::select(model, down) {
        return moved;
    }
    if let Some(moved) = views::select(model, down) {
        return moved;
    }
    if model.stage().is_some_and(Stage::chooses) {
        stage(model)?.choose_answer(down)?;
        return DONE;
    }
    stage(model)?.select(down)?;
    DONE
}

fn scroll(model: &mut Model, by: isize) -> Outcome {
    if let Some(Overlay::Help(help)) = &mut model.overlay
        && !help.scroll(by, &model.keymap, model.size)
    {
        return Err(if by > 0 { "this is the end" } else { "this is the beginning" }.to_owned());
    }
    DONE
}

pub(crate) fn back(model: &mut Model, _: Key) -> Outcome {
    if stage(model)?.travel(Session::back) { DONE } else { Err("this is the beginning of the run".to_owned()) }
}

pub(crate) fn cannot_back(model: &Model) -> Option<String> {
    (model.stage()?.session().step() == 0).then(|| "this is the beginning of the run".to_owned())
}

pub(crate) fn forward(model: &mut Model, _: Key) -> Outcome {
    if stage(model)?.travel(Session::forward) { DONE } else { Err(NO_FUTURE.to_owned()) }
}

const NO_FUTURE: &str = "nothing lies ahead: this is as far as the run went";

pub(crate) fn cannot_forward(model: &Model) -> Option<String> {
    (model.stage()?.session().steps_ahead() == 0).then(|| NO_FUTURE.to_owned())
}

fn select_at_home(model: &mut Model, line: usize) -> Outcome {
    if model.home.selected == line {
        return Err(format!("this is the {} line", if line == 0 { "first" } else { "last" }));
    }
    model.home.selected = line;
    DONE
}

/// In the help the same keys scroll.
pub(crate) fn cannot_go_to_start(model: &Model) -> Option<String> {
    if matches!(model.overlay, Some(Overlay::Help(_))) { None } else { cannot_back(model) }
}

pub(crate) fn cannot_go_to_end(model: &Model) -> Option<String> {
    if matches!(model.overlay, Some(Overlay::Help(_))) { None } else { cannot_forward(model) }
}

pub(crate) fn to_start(model: &mut Model, _: Key) -> Outcome {
    if let Some(Overlay::Help(_)) = model.overlay {
        return scroll(model, isize::MIN);
    }
    if model.place == Place::Home {
        return select_at_home(model, 0);
    }
    stage(model)?.travel(Session::to_start);
    DONE
}

pub(crate) fn to_end(model: &mut Model, _: Key) -> Outcome {
    if let Some(Overlay::Help(_)) = model.overlay {
        return scroll(model, isize::MAX);
    }
    if model.place == Place::Home {
        return select_at_home(model, (model.home.offers.len() + model.stages.len()).saturating_sub(1));
    }
    stage(model)?.travel(Session::to_end);
    DONE
}

pub(crate) fn switch_branch(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    if stage.teach(Player::flip) == Some(true) || stage.travel(Session::switch_branch) {
        return DONE;
    }
    Err(NO_FORK.to_owned())
}

const NO_FORK: &str = "there is only one future so far: go back and do something else";

pub(crate) fn cannot_switch(model: &Model) -> Option<String> {
    let stage = model.stage()?;
    let named = stage.lesson().is_some_and(|player| player.beat().futures.len() > 1);
    (!(named || stage.forks() && stage.session().fork().is_some())).then(|| NO_FORK.to_owned())
}

pub(crate) fn elect(model: &mut Model, _: Key) -> Outcome {
    let nobody = no_leader(&model.keymap);
    let stage = stage(model)?;
    if let Some(ProcessId::Leader(leader)) = stage.focused_process() {
        stage.act(Action::Elect(leader)).map_err(|refusal| refusal.to_string())?;
        return DONE;
    }
    let candidates = electable(stage);
    match candidates.as_slice() {
        [] => Err(nobody),
        // With others crashed it asks: the only one left may well be active.
        [only] if stage.world().cluster().leaders == 1 => {
            stage.act(Action::Elect(*only)).map_err(|refusal| refusal.to_string())?;
            DONE
        }
        [..] => {
            // The likeliest to be meant: a leader that is not active and not at it already.
            let quiet = |id: &LeaderId| {
                stage.world().leader(*id).is_some_and(|node| !node.state.active && node.state.scouts.is_empty())
            };
            let asked_for = stage.lesson().and_then(asked_to_run);
            let selected = candidates.iter().position(|id| Some(*id) == asked_for);
            let selected = selected.or_else(|| candidates.iter().position(quiet)).unwrap_or(0);
            let candidates = candidates.into_iter().map(ProcessId::from).collect();
            pick(model, Purpose::Elect, candidates, selected)
        }
    }
}

/// The leader that is to run in a task: whoever ran last in it, or else the only one that its text names.
fn asked_to_run(player: &Player) -> Option<LeaderId> {
    let task = player.task()?;
    let mut taken = player.session().actions().into_iter().rev().take(task.steps);
    let ran = taken.find_map(|action| if let Action::Elect(leader) = action { Some(leader) } else { None });
    let words = || task.say.split(|char: char| !char.is_alphanumeric());
    let named = |leader: &LeaderId| words().any(|word| word == leader.to_string());
    let all: Vec<LeaderId> = player.session().world().cluster().leaders().filter(named).collect();
    ran.or(if let [only] = all.as_slice() { Some(*only) } else { None })
}

fn no_leader(keymap: &Keymap) -> String {
    format!("every leader is crashed; {} restarts one", keymap.first(Id::Crash))
}

fn electable(stage: &Stage) -> Vec<LeaderId> {
    stage.world().cluster().leaders().filter(|id| stage.world().is_up((*id).into())).collect()
}

pub(crate) fn cannot_elect(model: &Model) -> Option<String> {
    electable(model.stage()?).is_empty().then(|| no_leader(&model.keymap))
}

pub(crate) fn crash(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    if let Some(process) = stage.focused_process() {
        return picked(model, Purpose::Crash, process);
    }
    let cluster = stage.world().cluster();
    let servers = cluster.processes().filter(|process| !matches!(process, ProcessId::Client(_)));
    let clients = cluster.clients().map(ProcessId::from);
    let candidates: Vec<ProcessId> = servers.chain(clients).collect();
    // The likeliest to be meant: whoever was crashed or restarted just now, else a server that the selected message or the
    // last step is about, or that leads. A client is only brought back.
    let may_be = |process: &ProcessId| !matches!(process, ProcessId::Client(_)) || !stage.world().is_up(*process);
    let leads = |process: &ProcessId| matches!(process, ProcessId::Leader(id) if stage.world().leader(*id).is_some_and(|node| node.state.active));
    let ends = stage.selected().into_iter().flat_map(|envelope| [envelope.to, envelope.from]);
    let again = match stage.session().last_action() {
        Some(Action::Crash(process) | Action::Restart(process)) => Some(*process),
        _ => None,
    };
    let of_step = stage.session().last_action().into_iter().flat_map(Action::parties);
    let leader = candidates.iter().copied().filter(leads);
    let likely = again.into_iter().chain(ends).chain(of_step).chain(leader).find(may_be);
    let selected = likely.and_then(|likely| candidates.iter().position(|process| *process == likely)).unwrap_or(0);
    pick(model, Purpose::Crash, candidates, selected)
}

/// A leader's scouts and commanders ask again, a replica proposes again, a client requests again.
pub(crate) fn resend(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    if let Some(process) = stage.focused_process() {
        return picked(model, Purpose::Resend, process);
    }
    let world = stage.world();
    let candidates = resenders(stage);
    // The likeliest to be meant: who would send anything.
    let sends = |process: &ProcessId| {
        let events = world.clone().apply(&Action::Resend(*process)).unwrap_or_default();
        events.iter().any(|event| matches!(event, Event::Sent(_)))
    };
    let selected = candidates.iter().position(sends).unwrap_or(0);
    pick(model, Purpose::Resend, candidates, selected)
}

fn resenders(stage: &Stage) -> Vec<ProcessId> {
    let cluster = stage.world().cluster();
    let all = cluster.leaders().map(ProcessId::from).chain(cluster.replicas().map(ProcessId::from));
    let all = all.chain(cluster.clients().map(ProcessId::from));
    all.filter(|process| stage.world().is_up(*process)).collect()
}

pub(crate) fn cannot_resend(model: &Model) -> Option<String> {
    let stage = model.stage()?;
    match stage.focused_process() {
        Some(process) => stage.would(&Action::Resend(process)).err().map(|refusal| refusal.to_string()),
        None => resenders(stage).is_empty().then(|| {
            let restart = model.keymap.first(Id::Crash);
            format!("everybody who could is crashed; {restart} restarts one")
        }),
    }
}

fn pick(model: &mut Model, purpose: Purpose, candidates: Vec<ProcessId>, selected: usize) -> Outcome {
    model.overlay = Some(Overlay::Pick(Pick { purpose, candidates, selected, typed: String::new() }));
    DONE
}

/// Whether this step could as well not be taken.
fn changes_nothing(world: &World, action: &Action) -> bool {
    let mut after = world.clone();
    after.apply(action).is_ok() && after == *world
}

/// Does to this process what it was picked for.
pub(crate) fn picked(model: &mut Model, purpose: Purpose, process: ProcessId) -> Result<Vec<Effect>, String> {
    let stage = stage(model)?;
    let action = purpose.action(stage.world(), process).ok_or_else(|| format!("{process} is not a leader"))?;
    if purpose == Purpose::Resend && changes_nothing(stage.world(), &action) {
        model.overlay = None;
        model.tell(format!("{process} has nothing to send again: no answer is missing that it waits for"));
        return DONE;
    }
    stage.act(action).map_err(|refusal| refusal.to_string())?;
    model.overlay = None;
    DONE
}

pub(crate) fn request(model: &mut Model, _: Key) -> Outcome {
    let suggestion = prompt::suggestion(stage(model)?.world());
    model.overlay = Some(Overlay::Request(Line::suggested(&suggestion)));
    DONE
}

pub(crate) fn cannot_request(model: &Model) -> Option<String> {
    let world = model.stage()?.world();
    let up = world.cluster().clients().any(|id| world.is_up(id.into()));
    let none = || match world.cluster().clients {
        0 => "there is no client".to_owned(),
        _ => format!("every client is crashed; {} restarts one", model.keymap.first(Id::Crash)),
    };
    (!up).then(none)
}

/// Enter in a prompt.
pub(crate) fn accept(model: &mut Model, _: Key) -> Outcome {
    match model.overlay.clone() {
        Some(Overlay::Request(line)) => {
            let stage = stage(model)?;
            let action = prompt::parse_request(stage.world(), &line.text())?;
            stage.act(action).map_err(|refusal| refusal.to_string())?;
            model.overlay = None;
            DONE
        }
        Some(Overlay::Name(line)) => views::named(model, &line.text()),
        Some(Overlay::Slide(line)) => progress::jump_to_slide(model, &line.text()),
        Some(Overlay::Pick(pick)) => {
            let process = pick.process().ok_or_else(|| "nobody is selected".to_owned())?;
            picked(model, pick.purpose, process)
        }
        Some(Overlay::Typing(typing)) => habits::accept(model, &typing),
        Some(Overlay::Seek(_)) => seek::accept(model),
        _ => DONE,
    }
}

pub(crate) fn turn_focus(model: &mut Model, _: Key) -> Outcome {
    stage(model)?.turn_focus(true);
    DONE
}

pub(crate) fn turn_focus_back(model: &mut Model, _: Key) -> Outcome {
    stage(model)?.turn_focus(false);
    DONE
}

/// Where a lesson shows a table in the place of the boxes there are none to enlarge.
pub(crate) fn cannot_turn_large(model: &Model) -> Option<String> {
    let player = model.stage()?.lesson().filter(|player| !player.off_path())?;
    player.beat().panel.map(|_| "this beat shows a table in the place of the boxes".to_owned())
}

pub(crate) fn turn_large(model: &mut Model, _: Key) -> Outcome {
    let small = model.is_small();
    stage(model)?.turn_large(small);
    DONE
}

/// Opens what is selected at home.
pub(crate) fn open(model: &mut Model, _: Key) -> Outcome {
    let offers = model.home.offers.len();
    let selected = model.home.selected;
    let play = match model.home.offers.get(selected) {
        None if selected < offers + model.stages.len() => {
            model.place = Place::Stage(selected - offers);
            return DONE;
        }
        None => return Err("there is nothing to open".to_owned()),
        Some(Offer::Sandbox(session)) => Play::Sandbox(session.clone()),
        Some(Offer::Recent(recent)) => return Ok(vec![Effect::Load(recent.name.clone())]),
        Some(Offer::Lesson(lesson)) => {
            let lesson = lesson.lesson().cloned().ok_or_else(|| "this lesson cannot be read".to_owned())?;
            model.open_lesson(&lesson).map_err(|error| error.to_string())?;
            return DONE;
        }
        Some(Offer::Quiz(terms)) => {
            Play::Quiz(Box::new(Quiz::new(*terms).ok_or_else(|| "no question was found".to_owned())?))
        }
    };
    model.open(play);
    DONE
}

pub(crate) fn go_home(model: &mut Model, _: Key) -> Outcome {
    habits::pause_all(model);
    if let Place::Stage(at) = model.place {
        let finished = model.stage().and_then(Stage::lesson).filter(|player| player.finished());
        // From a finished lesson to the next one; from the last one, or one that is not listed, to itself.
        let played = finished.map(|player| player.lesson().id.text.clone());
        let own = played.as_ref().and_then(|lesson| model.line_of(lesson));
        let line = played.as_ref().and_then(|lesson| model.line_after(lesson)).or(own);
        if own.is_some() && line == own {
            let left: Vec<&str> = model.unfinished().map(|lesson| lesson.title.as_str()).collect();
            let more = match left.as_slice() {
                [] => ", and all of them are finished: the quiz goes on without end".to_owned(),
                [one] => format!("; not finished yet: {one}"),
                [one, rest @ ..] => format!("; not finished yet: {one}, and {} more", rest.len()),
            };
            model.tell(format!("that was the last lesson{more}"));
        }
        model.home.selected = line.unwrap_or(model.home.offers.len() + at);
    }
    model.place = Place::Home;
    DONE
}

/// Closes what is on top.
pub(crate) fn close(model: &mut Model, key: Key) -> Outcome {
    match &model.overlay {
        Some(Overlay::Seek(_)) => return seek::close(model),
        Some(Overlay::Typing(Typing { ask: Ask::Predicate, .. })) => return seek::open(model, key),
        _ => {}
    }
    match model.overlay.take() {
        Some(Overlay::Typing(Typing { ask: Ask::Find, .. })) => {
            habits::list_all(model);
            return DONE;
        }
        Some(Overlay::Help(mut help)) => {
            if help.list_all() {
                model.overlay = Some(Overlay::Help(help));
            }
            return DONE;
        }
        Some(_) => return DONE,
        None if model.stage().is_some_and(|stage| stage.trouble().is_some()) => {
            model.stage_mut().into_iter().for_each(|stage| stage.set_trouble(None));
            return DONE;
        }
        None if model.stage().is_some_and(|stage| stage.view().is_some()) => {
            close_view(model);
            return DONE;
        }
        None if habits::list_all(model) => return DONE,
        // A clicker sends it by itself, turn by turn with the key that shows the slide.
        None if model.stage_mut().is_some_and(Stage::close_slide) => return DONE,
        None => {}
    }
    let (home, quit) = (model.keymap.first(Id::HomeScreen), model.keymap.first(Id::Quit));
    Err(match model.place {
        Place::Home => format!("nothing is open here; {quit} quits"),
        Place::Stage(_) => format!("nothing is open on top; {home} goes home, {quit} quits"),
    })
}

/// Closes the view. In a lesson's own words it may not be seen: then it is said.
fn close_view(model: &mut Model) {
    let Some(stage) = model.stage_mut() else { return };
    let unseen = stage.view().filter(|_| stage.focused_view().is_none() && stage.lesson().is_some());
    stage.close_view();
    if let Some(view) = unseen {
        model.tell(format!("{} is closed", view.name()));
    }
}

pub(crate) fn help(model: &mut Model, _: Key) -> Outcome {
    model.overlay = match model.overlay {
        Some(Overlay::Help(_)) => None,
        _ => Some(Overlay::Help(Help::default())),
    };
    DONE
}

pub(crate) fn full_text(model: &mut Model, _: Key) -> Outcome {
    model.overlay = Some(Overlay::Text);
    DONE
}

pub(crate) fn no_text(model: &Model) -> Option<String> {
    model.stage()?.lesson().is_none().then(|| "a sandbox has no text to read".to_owned())
}

pub(crate) fn blank(model: &mut Model, _: Key) -> Outcome {
    model.overlay = Some(Overlay::Blank);
    DONE
}

/// The next theme.
pub(crate) fn theme(model: &mut Model, _: Key) -> Outcome {
    model.theme = model.theme.next();
    model.theme_is_chosen = true;
    model.notice = Some(Notice { text: format!("theme: {}", model.theme.name()), refused: false });
    DONE
}

/// Asks first if a run would be lost.
pub(crate) fn quit(model: &mut Model, _: Key) -> Outcome {
    let asks = model.overlay != Some(Overlay::Quit) && unsaved_steps(model) > 0;
    if asks {
        model.overlay = Some(Overlay::Quit);
        return DONE;
    }
    Ok(vec![Effect::Quit])
}

/// How many steps of free runs would be lost by quitting.
pub(crate) fn unsaved_steps(model: &Model) -> u32 {
    if model.keeps {
        return 0;
    }
    let free = model.stages.iter().filter(|stage| stage.lesson().is_none()).map(Stage::session);
    free.map(|session| session.step() + session.steps_ahead()).sum()
}

// Every command of the table has this type.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn repaint(_: &mut Model, _: Key) -> Outcome {
    Ok(vec![Effect::Repaint])
}

// Every command of the table has this type.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn suspend(_: &mut Model, _: Key) -> Outcome {
    Ok(vec![Effect::Suspend])
}
