//! The mouse: what it did, and what that does to the thing under it. Where things are is known to whoever drew them.

use crate::pmmc::ProcessId;

use super::command::Id;
use super::model::{Effect, Model, Notice, Overlay};
use super::{Focus, Key, actions};

/// What the mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mouse {
    /// The left button was pressed.
    Press,
    /// The wheel was turned up.
    WheelUp,
    /// The wheel was turned down.
    WheelDown,
}

/// What is under the mouse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A hint of the hint bar.
    Hint(Id),
    /// A message in flight.
    Message {
        /// Its place among all.
        at: usize,
        /// The first row of the list as it stands.
        first: usize,
    },
    /// A process.
    Process(ProcessId),
    /// A line of the home screen.
    Line {
        /// Its number: first the offers, then the open stages.
        at: usize,
        /// The first row of the list as it stands.
        first: usize,
    },
    /// A panel, where nothing of it can be pressed.
    Panel(Focus),
}

/// Does what the mouse means there. Where nothing is, nothing happens, and nothing is said.
pub(crate) fn act(model: &mut Model, mouse: Mouse, target: Option<Target>) -> Vec<Effect> {
    if model.overlay == Some(Overlay::Blank) {
        model.overlay = None;
        return Vec::new();
    }
    match (mouse, target) {
        (Mouse::Press, Some(Target::Hint(id))) => return model.choose(id),
        (Mouse::Press, Some(target)) if model.overlay.is_none() => return press(model, target),
        (Mouse::Press, _) => {}
        (Mouse::WheelUp, _) => wheel(model, target, false),
        (Mouse::WheelDown, _) => wheel(model, target, true),
    }
    Vec::new()
}

/// Selects; pressed again, does what Enter would. The list stays as it is, so that the second press meets the same line.
fn press(model: &mut Model, target: Target) -> Vec<Effect> {
    model.notice = None;
    if let Target::Line { at, first } = target {
        if model.home.selected == at {
            return model.choose(Id::Open);
        }
        model.home.selected = at;
        model.home.held = Some((at, first));
        return Vec::new();
    }
    let Some(stage) = model.stage_mut() else { return Vec::new() };
    match target {
        Target::Message { at, .. } if stage.is_selected(at) => return model.choose(Id::Deliver),
        Target::Message { at, first } => stage.select_at(at, first),
        Target::Process(process) => {
            stage.choose(process);
            stage.set_focus(Focus::Processes);
        }
        Target::Panel(focus) => stage.set_focus(focus),
        Target::Hint(_) | Target::Line { .. } => {}
    }
    Vec::new()
}

/// Moves the selection of the list under the mouse. The end of a list is nothing to complain of.
fn wheel(model: &mut Model, target: Option<Target>, down: bool) {
    let focus = match target {
        Some(Target::Message { .. }) => Some(Focus::InFlight),
        Some(Target::Process(_)) => Some(Focus::Processes),
        Some(Target::Panel(focus)) => Some(focus),
        Some(Target::Hint(_) | Target::Line { .. }) | None => None,
    };
    if model.overlay.is_none()
        && let (Some(focus), Some(stage)) = (focus, model.stage_mut())
    {
        stage.set_focus(focus);
    }
    let scrolls = matches!(model.overlay, None | Some(Overlay::Help(_) | Overlay::Seek(_)));
    if scrolls && (model.stage().is_none() || focus.is_some() || model.overlay.is_some()) {
        model.notice = None;
        let _ = if down { actions::down(model, Key::Down) } else { actions::up(model, Key::Up) };
    }
}

/// Gives the mouse to the program, or back to the terminal.
// Every command of the table has this type.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn turn(model: &mut Model, _: Key) -> actions::Outcome {
    model.mouse = !model.mouse;
    let key = model.keymap.first(Id::Mouse);
    let text = if model.mouse {
        format!("the mouse selects, a second click delivers; {key} gives it back, to mark and copy text")
    } else {
        "the mouse is the terminal's again: it marks and copies text".to_owned()
    };
    model.notice = Some(Notice { text, refused: false });
    Ok(vec![Effect::Mouse(model.mouse)])
}
