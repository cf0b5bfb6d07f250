//! The one table of commands. Dispatch, hint bar, help, plain mode and the test of key conflicts all read it; nothing
//! about a key is written anywhere else.

use super::actions;
use super::command::Scope::{self, Help, Home, Pick, Quit, Request, Seek, Stage as OnStage, Typing};
use super::command::{Command, Group, Id};
use super::lesson::{Player, Task, TaskState};
use super::seek::{self, Stand};
use super::{Ask, Key, Model, Overlay, Stage, View, habits, mouse, progress, views};

const fn always(_: &Model) -> Option<String> {
    None
}

const fn unhinted(_: &Model) -> Option<&'static str> {
    None
}

const DIGITS: [Key; 9] = [
    Key::Char('1'),
    Key::Char('2'),
    Key::Char('3'),
    Key::Char('4'),
    Key::Char('5'),
    Key::Char('6'),
    Key::Char('7'),
    Key::Char('8'),
    Key::Char('9'),
];

/// The letters of [`seek::CHANCES`].
const ALLOWING: [Key; 6] = {
    let mut keys = [Key::Esc; 6];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = Key::Char(seek::CHANCES[at].0);
        at += 1;
    }
    keys
};

const NO_TASK: &str = "no task is open here";

/// The task of this beat, while it is to be solved.
pub(super) fn open_task(model: &Model) -> Option<Task> {
    task(model).filter(|task| !task.reached)
}

fn task(model: &Model) -> Option<Task> {
    model.stage().filter(|_| model.overlay().is_none())?.lesson()?.task()
}

/// Why there is nothing to give a hint for, or to show; `None` if there is.
fn no_task(model: &Model) -> Option<String> {
    match task(model) {
        None if model.stage().is_some_and(Stage::asks) => {
            Some("a question has no hints: its number answers it".to_owned())
        }
        None => Some(NO_TASK.to_owned()),
        Some(task) if task.reached => {
            Some(format!("the goal is met here: {} begins the task again", model.keymap.first(Id::ResetTask)))
        }
        Some(_) => None,
    }
}

fn go_on_hint(model: &Model) -> Option<&'static str> {
    let player = model.stage().filter(|_| model.overlay().is_none())?.lesson()?;
    let is_quiz = model.stage().is_some_and(|stage| stage.quiz().is_some());
    Some(if player.off_path() {
        if is_quiz { "back to the question" } else { "back to the lesson" }
    } else if player.question().is_some_and(|question| question.truth.is_none()) {
        "reveal"
    } else if player.walks() {
        "next step"
    } else if player.task().is_some_and(|task| !task.reached && task.state != TaskState::Solved) {
        "show how"
    } else if is_quiz {
        "next question"
    } else if player.beat_number() == player.beat_count() {
        match (player.finished(), model.next_lesson()) {
            (false, _) => "finish",
            (true, Some(_)) => "next lesson",
            (true, None) => "home",
        }
    } else {
        "go on"
    })
}

/// What applies everywhere but where text is typed.
const ANYWHERE: &[Scope] = &[Home, OnStage, Help, Quit];

/// Every command, the most useful first: the hint bar takes them in this order.
pub static COMMANDS: &[Command] = &[
    Command {
        id: Id::Answer,
        name: "answer, or select",
        sentence: "Answers the question with this choice, or selects this message.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &DIGITS,
        hint: |model| model.stage()?.asks().then_some("answer"),
        why_not: actions::cannot_answer,
        run: actions::answer,
    },
    Command {
        id: Id::Accept,
        name: "take what the prompt says",
        sentence: "Does what the prompt says.",
        group: Group::Screen,
        scopes: &[Request, Pick, Typing, Seek],
        keys: &[Key::Enter],
        hint: |model| match model.overlay() {
            Some(Overlay::Pick(pick)) => {
                let world = model.stage()?.world();
                pick.process().map(|process| pick.purpose.verb(world, process))
            }
            Some(Overlay::Name(_)) => Some("name it so"),
            Some(Overlay::Slide(_)) => Some("go there"),
            Some(Overlay::Typing(typing)) => Some(match typing.ask {
                Ask::Command => "do it",
                Ask::Find => "keep the list so",
                Ask::Autoplay => "start",
                Ask::Predicate => "ask it",
            }),
            Some(Overlay::Seek(seek)) => match seek.stand {
                Stand::Asking => Some("ask"),
                _ => seek.is_found().then_some("open it here"),
            },
            _ => Some("send"),
        },
        why_not: always,
        run: actions::accept,
    },
    Command {
        id: Id::Open,
        name: "open",
        sentence: "Opens the selected lesson, sandbox or run.",
        group: Group::Screen,
        scopes: &[Home],
        keys: &[Key::Enter, Key::Space, Key::F(5)],
        hint: |_| Some("open"),
        why_not: always,
        run: actions::open,
    },
    Command {
        id: Id::GoOn,
        name: "go on",
        sentence: "Goes on: the next beat of a lesson, else the next delivery.",
        group: Group::Lesson,
        scopes: &[OnStage, Help],
        keys: &[Key::Space, Key::PageDown],
        hint: go_on_hint,
        why_not: actions::cannot_go_on,
        run: actions::go_on,
    },
    Command {
        id: Id::BeatBefore,
        name: "beat before",
        sentence: "Hides the answer or the shown step again, or goes a beat back.",
        group: Group::Lesson,
        scopes: &[OnStage, Help],
        keys: &[Key::PageUp],
        hint: |model| {
            let stage = model.stage().filter(|_| model.overlay().is_none())?;
            let questions = stage.quiz().filter(|quiz| quiz.number() > 1).map(|_| "question before");
            let beats =
                stage.lesson().filter(|player| player.beat_number() > 1).map(|player| match player.question() {
                    Some(question) if !question.is_open() && stage.quiz().is_none() => "hide the answer",
                    _ if player.task().is_some_and(|task| task.shown.is_some()) => "step back",
                    _ => "beat before",
                });
            questions.or(beats)
        },
        why_not: always,
        run: actions::beat_before,
    },
    Command {
        id: Id::Autoplay,
        name: "play by itself, or pause",
        sentence: "Lets the run play itself, or pauses it.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Char('a')],
        hint: |model| model.stage()?.auto().map(|auto| if auto.running() { "pause" } else { "play" }),
        why_not: habits::cannot_autoplay,
        run: habits::autoplay,
    },
    Command {
        id: Id::AutoplayHow,
        name: "how it plays by itself",
        sentence: "Asks how the run plays itself: policy, losses, crashes, seed.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Char('A')],
        hint: unhinted,
        why_not: habits::cannot_autoplay,
        run: habits::autoplay_how,
    },
    Command {
        id: Id::Faster,
        name: "play faster",
        sentence: "The run plays itself twice as fast.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Char('+'), Key::Char('=')],
        hint: speed_hint,
        why_not: habits::cannot_change_speed,
        run: habits::faster,
    },
    Command {
        id: Id::Slower,
        name: "play slower",
        sentence: "The run plays itself half as fast.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Char('-')],
        hint: speed_hint,
        why_not: habits::cannot_change_speed,
        run: habits::slower,
    },
    Command {
        id: Id::Deliver,
        name: "deliver",
        sentence: "Delivers the selected message.",
        group: Group::Messages,
        scopes: &[OnStage],
        keys: &[Key::Enter],
        hint: |model| match model.stage()?.focused_view() {
            Some(View::Runs) => Some("go there"),
            Some(View::Invariants) if views::breach(model.stage()?).is_some() => Some("the step that broke it"),
            _ if model.stage()?.chooses() => Some("answer so"),
            _ => Some("deliver"),
        },
        why_not: actions::cannot_deliver,
        run: actions::deliver,
    },
    Command {
        id: Id::TaskHint,
        name: "hint",
        sentence: "Gives the next hint for the task; after the last, the first.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('g')],
        hint: |model| {
            let task = open_task(model).filter(|task| task.hints.len() < task.hint_count || task.hint_count > 1)?;
            Some(match task.hint {
                0 => "hint",
                hint if hint < task.hint_count => "next hint",
                _ => "first hint",
            })
        },
        why_not: |model| match open_task(model) {
            Some(task) if task.hints.len() == task.hint_count && task.hint_count < 2 => {
                let key = model.keymap.first(Id::ShowStep);
                Some(format!("all hints are given: {key} shows one step of the solution"))
            }
            _ => no_task(model),
        },
        run: actions::hint,
    },
    Command {
        id: Id::ShowStep,
        name: "show me one step",
        sentence: "Shows the next step of the task's solution.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('G')],
        hint: |model| open_task(model).filter(|task| task.hints.len() == task.hint_count).map(|_| "show one step"),
        why_not: no_task,
        run: actions::show_step,
    },
    Command {
        id: Id::ResetTask,
        name: "begin the task again",
        sentence: "Goes back to where the task began.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('Z')],
        hint: |model| {
            let task = task(model).filter(|task| task.steps > 0)?;
            let shown = task.reached && matches!(task.state, TaskState::Shown | TaskState::Skipped);
            Some(if shown { "try it yourself" } else { "begin again" })
        },
        why_not: |model| match model.stage().and_then(Stage::lesson).and_then(Player::task) {
            None => Some(NO_TASK.to_owned()),
            Some(task) if task.steps == 0 => Some("this is where the task begins".to_owned()),
            Some(_) => None,
        },
        run: actions::reset_task,
    },
    Command {
        id: Id::SkipTask,
        name: "skip the task",
        sentence: "Gives the task up: plays its solution at once, unsolved.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('>')],
        hint: |model| open_task(model).filter(|task| task.state != TaskState::Solved).map(|_| "skip"),
        why_not: |model| match open_task(model) {
            Some(task) if task.state == TaskState::Solved => {
                Some(format!("it is solved: {} goes on", model.keymap.first(Id::GoOn)))
            }
            _ => no_task(model),
        },
        run: actions::skip_task,
    },
    Command {
        id: Id::Notes,
        name: "lecturer's notes",
        sentence: "Shows the notes for the lecturer, or puts them away.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('n')],
        hint: unhinted,
        why_not: actions::cannot_show_notes,
        run: actions::turn_notes,
    },
    Command {
        id: Id::FullText,
        name: "full text of the beat",
        sentence: "All that the beat says: task, goal, all hints.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('L')],
        hint: |model| open_task(model).filter(|task| task.hints.len() > 1).map(|_| "full text"),
        why_not: actions::no_text,
        run: actions::full_text,
    },
    Command {
        id: Id::BeginAgain,
        name: "begin the lesson again",
        sentence: "Begins the lesson again at its first beat; pressed twice.",
        group: Group::Lesson,
        scopes: &[OnStage],
        keys: &[Key::Char('B')],
        hint: unhinted,
        why_not: progress::cannot_begin_again,
        run: progress::begin_again,
    },
    Command {
        id: Id::JumpToSlide,
        name: "jump to a slide",
        sentence: "Asks for the number of a slide of the lecture, and goes to it.",
        group: Group::Lesson,
        scopes: &[OnStage, Home],
        keys: &[Key::Char('J')],
        hint: unhinted,
        why_not: progress::cannot_jump,
        run: progress::ask_for_slide,
    },
    Command {
        id: Id::SwitchBranch,
        name: "or… (other future)",
        sentence: "Or…: shows the other future of the latest fork.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Char('o')],
        hint: |model| model.stage()?.forks().then_some("or…"),
        why_not: actions::cannot_switch,
        run: actions::switch_branch,
    },
    Command {
        id: Id::Request,
        name: "request a command",
        sentence: "A client requests a command: put, get, append or noop.",
        group: Group::Processes,
        scopes: &[OnStage],
        keys: &[Key::Char('r')],
        hint: |_| Some("request"),
        why_not: actions::cannot_request,
        run: actions::request,
    },
    Command {
        id: Id::Elect,
        name: "elect a leader",
        sentence: "A leader runs for office with a new ballot.",
        group: Group::Processes,
        scopes: &[OnStage],
        keys: &[Key::Char('e')],
        hint: |_| Some("elect"),
        why_not: actions::cannot_elect,
        run: actions::elect,
    },
    Command {
        id: Id::Back,
        name: "one step back",
        sentence: "Goes one step back (undo); what was done stays ahead.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Left, Key::Char('h'), Key::Char('u')],
        hint: |_| Some("step"),
        why_not: actions::cannot_back,
        run: actions::back,
    },
    Command {
        id: Id::Forward,
        name: "one step forward",
        sentence: "Goes one step forward again (redo).",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Right, Key::Char('l'), Key::Char('U')],
        hint: |_| Some("step"),
        why_not: actions::cannot_forward,
        run: actions::forward,
    },
    Command {
        id: Id::Drop,
        name: "drop",
        sentence: "Loses one copy of the selected message.",
        group: Group::Messages,
        scopes: &[OnStage],
        keys: &[Key::Char('x')],
        hint: |_| Some("drop"),
        why_not: actions::cannot_lose,
        run: actions::lose,
    },
    Command {
        id: Id::Duplicate,
        name: "duplicate",
        sentence: "Puts one more copy of the selected message in flight.",
        group: Group::Messages,
        scopes: &[OnStage],
        keys: &[Key::Char('d')],
        hint: |_| Some("duplicate"),
        why_not: actions::cannot_duplicate,
        run: actions::duplicate,
    },
    Command {
        id: Id::Crash,
        name: "crash or restart",
        sentence: "Crashes a process, or restarts it if it is crashed.",
        group: Group::Processes,
        scopes: &[OnStage],
        keys: &[Key::Char('c')],
        hint: |model| {
            let stage = model.stage()?;
            let down = stage.focused_process().is_some_and(|process| !stage.world().is_up(process));
            Some(if down { "restart" } else { "crash" })
        },
        why_not: always,
        run: actions::crash,
    },
    Command {
        id: Id::Resend,
        name: "send again",
        sentence: "A leader, replica or client sends again what is not answered.",
        group: Group::Processes,
        scopes: &[OnStage],
        keys: &[Key::Char('S')],
        hint: resend_hint,
        why_not: actions::cannot_resend,
        run: actions::resend,
    },
    Command {
        id: Id::Up,
        name: "select the one above",
        sentence: "Selects the message, process or line above.",
        group: Group::Screen,
        scopes: &[OnStage, Home, Help, Seek],
        keys: &[Key::Up, Key::Char('k')],
        hint: select_hint,
        why_not: always,
        run: actions::up,
    },
    Command {
        id: Id::Down,
        name: "select the one below",
        sentence: "Selects the message, process or line below.",
        group: Group::Screen,
        scopes: &[OnStage, Home, Help, Seek],
        keys: &[Key::Down, Key::Char('j')],
        hint: select_hint,
        why_not: always,
        run: actions::down,
    },
    Command {
        id: Id::LineBefore,
        name: "line above, by a clicker",
        sentence: "At home: selects the line above.",
        group: Group::Screen,
        scopes: &[Home],
        keys: &[Key::PageUp],
        hint: unhinted,
        why_not: always,
        run: actions::up,
    },
    Command {
        id: Id::LineAfter,
        name: "line below, by a clicker",
        sentence: "At home: selects the line below.",
        group: Group::Screen,
        scopes: &[Home],
        keys: &[Key::PageDown],
        hint: unhinted,
        why_not: always,
        run: actions::down,
    },
    Command {
        id: Id::Focus,
        name: "other panel",
        sentence: "Moves between messages, processes and the view that is open.",
        group: Group::Screen,
        scopes: &[OnStage],
        keys: &[Key::Tab],
        hint: |model| match (model.stage()?.focus(), model.stage()?.view()) {
            (super::Focus::View, Some(View::Process)) => Some("next process"),
            (super::Focus::InFlight | super::Focus::Processes, Some(view)) => Some(view.name()),
            (super::Focus::InFlight, None) => Some("choose a process"),
            (super::Focus::Processes, None) | (super::Focus::View, _) => Some("messages"),
        },
        why_not: always,
        run: actions::turn_focus,
    },
    Command {
        id: Id::FocusBack,
        name: "panel before",
        sentence: "Moves between the panels, the other way round.",
        group: Group::Screen,
        scopes: &[OnStage],
        keys: &[Key::BackTab],
        hint: unhinted,
        why_not: always,
        run: actions::turn_focus_back,
    },
    Command {
        id: Id::Slide,
        name: "slide: large boxes",
        sentence: "Shows only the processes that matter, large as on the slide.",
        group: Group::Screen,
        scopes: &[OnStage],
        keys: &[Key::Char('s'), Key::F(5)],
        hint: |model| {
            let stage = model.stage()?;
            let large = stage.large(model.is_small());
            (large || stage.lesson().is_some()).then_some(if large { "whole stage" } else { "slide" })
        },
        why_not: actions::cannot_turn_large,
        run: actions::turn_large,
    },
    Command {
        id: Id::ToStart,
        name: "start of the run",
        sentence: "Goes back to the start of the run; elsewhere to the first line.",
        group: Group::Run,
        scopes: &[OnStage, Home, Help],
        keys: &[Key::Home],
        hint: unhinted,
        why_not: actions::cannot_go_to_start,
        run: actions::to_start,
    },
    Command {
        id: Id::ToEnd,
        name: "end of the run",
        sentence: "Goes forward to the end of the run; elsewhere to the last line.",
        group: Group::Run,
        scopes: &[OnStage, Home, Help],
        keys: &[Key::End],
        hint: unhinted,
        why_not: actions::cannot_go_to_end,
        run: actions::to_end,
    },
    Command {
        id: Id::Seek,
        name: "find a schedule",
        sentence: "Can it ever happen that …? Finds the shortest schedule.",
        group: Group::Run,
        scopes: &[OnStage],
        keys: &[Key::Char('f')],
        hint: |_| Some("find a schedule"),
        why_not: seek::cannot_open,
        run: seek::open,
    },
    Command {
        id: Id::AskNumber,
        name: "ask this question",
        sentence: "While a schedule is looked for: asks the question of this number.",
        group: Group::Run,
        scopes: &[Seek],
        keys: &DIGITS,
        hint: unhinted,
        why_not: always,
        run: seek::ask_number,
    },
    Command {
        id: Id::Allow,
        name: "what may happen",
        sentence: "While a schedule is looked for: how often this may happen.",
        group: Group::Run,
        scopes: &[Seek],
        keys: &ALLOWING,
        hint: |model| match model.overlay() {
            Some(Overlay::Seek(seek)) if seek.stand == Stand::Asking => Some("allow more"),
            _ => None,
        },
        why_not: always,
        run: seek::allow,
    },
    Command {
        id: Id::Close,
        name: "close what is on top",
        sentence: "Closes what is on top; never leaves a lesson.",
        group: Group::Screen,
        scopes: &[Home, OnStage, Help, Request, Pick, Typing, Seek, Quit],
        keys: &[Key::Esc],
        hint: |model| match model.overlay() {
            Some(Overlay::Quit) => Some("stay"),
            Some(Overlay::Help(help)) => Some(if help.wanted().is_some() { "all keys again" } else { "close" }),
            Some(Overlay::Typing(typing)) if typing.ask == Ask::Find => Some("list all"),
            Some(Overlay::Seek(seek)) => Some(match seek.stand {
                Stand::Asking => "close",
                Stand::Going { .. } => "stop looking",
                Stand::Over(..) => "other questions",
            }),
            Some(_) => Some("cancel"),
            None => model.stage()?.view().map(|_| "close"),
        },
        why_not: always,
        run: actions::close,
    },
    Command {
        id: Id::View(View::Why),
        name: "why",
        sentence: "Why the last step went so: guards, pseudo-code, invariants.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('w')],
        hint: |_| Some(View::Why.name()),
        why_not: always,
        run: |model, _| views::turn(model, View::Why),
    },
    Command {
        id: Id::View(View::Votes),
        name: "votes of a slot",
        sentence: "Who accepted what in a slot, and what a new leader must propose.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('v')],
        hint: |_| Some(View::Votes.name()),
        why_not: views::gives_away,
        run: |model, _| views::turn(model, View::Votes),
    },
    Command {
        id: Id::View(View::Time),
        name: "space-time diagram",
        sentence: "The run as a diagram: processes, steps, messages as arrows.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('T')],
        hint: |_| Some(View::Time.name()),
        why_not: always,
        run: |model, _| views::turn(model, View::Time),
    },
    Command {
        id: Id::View(View::Knowledge),
        name: "who knows what",
        sentence: "What is chosen in each slot, and which process knows.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('K')],
        hint: |_| Some(View::Knowledge.name()),
        why_not: views::gives_away,
        run: |model, _| views::turn(model, View::Knowledge),
    },
    Command {
        id: Id::View(View::Invariants),
        name: "invariants",
        sentence: "The invariants, what each means, and where one is broken.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('I')],
        hint: |_| Some(View::Invariants.name()),
        why_not: always,
        run: |model, _| views::turn(model, View::Invariants),
    },
    Command {
        id: Id::View(View::Costs),
        name: "costs",
        sentence: "Messages, delays and stable writes of commands and elections.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('$')],
        hint: |_| Some(View::Costs.name()),
        why_not: always,
        run: |model, _| views::turn(model, View::Costs),
    },
    Command {
        id: Id::View(View::Runs),
        name: "runs",
        sentence: "All runs that were tried: go to one, name it, compare it.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('R')],
        hint: |_| Some(View::Runs.name()),
        why_not: always,
        run: |model, _| views::turn(model, View::Runs),
    },
    Command {
        id: Id::Rename,
        name: "name a run",
        sentence: "Names the selected run.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('N')],
        hint: |_| Some("name"),
        why_not: views::cannot_rename,
        run: views::rename,
    },
    Command {
        id: Id::Compare,
        name: "compare with a run",
        sentence: "Marks the selected run: the others are compared with it.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('C')],
        hint: |model| {
            let stage = model.stage().filter(|stage| stage.focused_view() == Some(View::Runs))?;
            let marked = stage.marked_run().map(|run| run.start);
            let same = marked.is_some() && marked == stage.selected_run().map(|run| run.start);
            Some(if same { "unmark" } else { "compare" })
        },
        why_not: views::cannot_compare,
        run: views::compare,
    },
    Command {
        id: Id::View(View::Process),
        name: "process",
        sentence: "Everything that the chosen process holds.",
        group: Group::Views,
        scopes: &[OnStage],
        keys: &[Key::Char('i')],
        hint: |_| Some(View::Process.name()),
        why_not: always,
        run: views::process,
    },
    Command {
        id: Id::HomeScreen,
        name: "home screen",
        sentence: "Goes to the home screen; the run stays open there.",
        group: Group::Screen,
        scopes: &[OnStage],
        keys: &[Key::Char('H')],
        hint: |_| Some("home"),
        why_not: always,
        run: actions::go_home,
    },
    Command {
        id: Id::Blank,
        name: "blank the screen",
        sentence: "Blanks the screen until the next key.",
        group: Group::Screen,
        scopes: &[Home, OnStage, Help],
        keys: &[Key::Char('b'), Key::Char('.')],
        hint: unhinted,
        why_not: always,
        run: actions::blank,
    },
    Command {
        id: Id::Theme,
        name: "next theme",
        sentence: "Next colours: dark, light, high contrast, projector, none.",
        group: Group::Screen,
        scopes: &[Home, OnStage, Help],
        keys: &[Key::Char('t')],
        hint: unhinted,
        why_not: always,
        run: actions::theme,
    },
    Command {
        id: Id::Mouse,
        name: "mouse on or off",
        sentence: "The mouse selects, delivers, scrolls; again: it copies text.",
        group: Group::Screen,
        scopes: &[Home, OnStage, Help],
        keys: &[Key::Char('m')],
        hint: |model| model.mouse.then_some("mouse off"),
        why_not: always,
        run: mouse::turn,
    },
    Command {
        id: Id::TypeAction,
        name: "type an action",
        sentence: "Types any action: timeout, resend, ping, rule …; tab completes.",
        group: Group::Processes,
        scopes: &[OnStage],
        keys: &[Key::Char(':')],
        hint: |_| Some("any action"),
        why_not: always,
        run: habits::command,
    },
    Command {
        id: Id::Cut,
        name: "cut the network, or heal",
        sentence: "Cuts the network into groups, or heals it.",
        group: Group::Processes,
        scopes: &[OnStage],
        keys: &[Key::Char('p')],
        hint: |model| Some(if model.stage()?.world().partition().is_some() { "heal" } else { "cut" }),
        why_not: always,
        run: habits::cut,
    },
    Command {
        id: Id::DropAll,
        name: "drop all to one",
        sentence: "Loses all messages to one process, or from it.",
        group: Group::Messages,
        scopes: &[OnStage],
        keys: &[Key::Char('X')],
        hint: unhinted,
        why_not: habits::cannot_lose_all,
        run: habits::lose_all,
    },
    Command {
        id: Id::Find,
        name: "find messages, or keys",
        sentence: "Lists only the messages (here: the keys) that contain a text.",
        group: Group::Messages,
        scopes: &[OnStage, Help],
        keys: &[Key::Char('/')],
        hint: |model| match model.overlay() {
            Some(Overlay::Help(help)) => (!help.is_typed()).then_some("search"),
            _ => (model.stage()?.world().network().distinct().count() > 9).then_some("find"),
        },
        why_not: always,
        run: habits::find,
    },
    Command {
        id: Id::Complete,
        name: "complete the line",
        sentence: "Completes what is typed, or shows the next way to go on.",
        group: Group::Screen,
        scopes: &[Typing],
        keys: &[Key::Tab],
        hint: |model| match model.overlay() {
            Some(Overlay::Typing(typing)) if matches!(typing.ask, Ask::Command | Ask::Predicate) => Some("complete"),
            _ => None,
        },
        why_not: always,
        run: habits::complete,
    },
    Command {
        id: Id::OlderLine,
        name: "line before",
        sentence: "Shows the line typed before; while finding, selects above.",
        group: Group::Screen,
        scopes: &[Typing],
        keys: &[Key::Up],
        hint: line_hint,
        why_not: always,
        run: habits::older,
    },
    Command {
        id: Id::NewerLine,
        name: "line after",
        sentence: "Shows the line typed after; while finding, selects below.",
        group: Group::Screen,
        scopes: &[Typing],
        keys: &[Key::Down],
        hint: line_hint,
        why_not: always,
        run: habits::newer,
    },
    Command {
        id: Id::Repaint,
        name: "redraw the screen",
        sentence: "Repaints the screen, if something else has written on it.",
        group: Group::Screen,
        scopes: &[Home, OnStage, Help, Request, Pick, Typing, Seek, Scope::Blank, Quit],
        keys: &[Key::Repaint],
        hint: unhinted,
        why_not: always,
        run: actions::repaint,
    },
    Command {
        id: Id::Suspend,
        name: "suspend",
        sentence: "Back to the shell; fg returns (not on Windows).",
        group: Group::Screen,
        scopes: ANYWHERE,
        keys: &[Key::Char('z')],
        hint: unhinted,
        why_not: always,
        run: actions::suspend,
    },
    Command {
        id: Id::Quit,
        name: "quit",
        sentence: "Quits; asks first if a run would be lost.",
        group: Group::Screen,
        scopes: ANYWHERE,
        keys: &[Key::Char('q')],
        hint: |model| (model.overlay() == Some(&Overlay::Quit) || model.stage().is_none()).then_some("quit"),
        why_not: always,
        run: actions::quit,
    },
    Command {
        id: Id::Help,
        name: "this help",
        sentence: "Shows all keys.",
        group: Group::Screen,
        scopes: &[Home, OnStage, Help],
        keys: &[Key::Char('?')],
        hint: |model| model.overlay().is_none().then_some("all keys"),
        why_not: always,
        run: actions::help,
    },
];

fn line_hint(model: &Model) -> Option<&'static str> {
    match model.overlay()? {
        Overlay::Typing(typing) if typing.ask == Ask::Find => Some("select"),
        Overlay::Typing(typing) if matches!(typing.ask, Ask::Command | Ask::Predicate) && !model.history.is_empty() => {
            Some("typed before")
        }
        _ => None,
    }
}

/// Sending again is what to do when nothing is left in flight, and in a task that needs it.
fn resend_hint(model: &Model) -> Option<&'static str> {
    let world = model.stage()?.world();
    let waits = world.clients().iter().any(|node| !node.state.pending.is_empty());
    if open_task(model).is_some_and(|task| task.is_for("resend")) {
        return Some("send again");
    }
    (world.network().is_empty() && waits).then_some("send again")
}

fn speed_hint(model: &Model) -> Option<&'static str> {
    model.stage()?.auto().filter(|auto| auto.running()).map(|_| "speed")
}

fn select_hint(model: &Model) -> Option<&'static str> {
    match model.scope() {
        Scope::Home => Some("select"),
        Scope::Help => match model.overlay()? {
            Overlay::Help(help) if help.hidden(&model.keymap, model.size) == 0 => None,
            _ => Some("scroll"),
        },
        Scope::Seek => match model.overlay()? {
            Overlay::Seek(seek) if seek.stand != Stand::Asking => Some("scroll"),
            _ => Some("select"),
        },
        _ => {
            let stage = model.stage()?;
            if stage.focused_view().is_some() {
                return views::select_hint(stage);
            }
            if stage.focus() == super::Focus::Processes || stage.chooses() {
                return Some("choose");
            }
            (stage.world().network().distinct().count() > 1).then_some("select")
        }
    }
}
