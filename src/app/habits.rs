//! What the commands of habit do: lines that are typed, faults by hand, finding, and runs that play themselves.

use super::actions::{Outcome, stage};
use super::auto::{Auto, usual_way, why_nothing_happens};
use super::model::{Effect, Model, Notice, Overlay};
use super::orders::{orders, suggested_cut};
use super::{Ask, Focus, Id, Key, Keymap, Stage, Typing, progress, seek};

const DONE: Outcome = Ok(Vec::new());

fn ask(model: &mut Model, ask: Ask, text: &str) -> Outcome {
    model.overlay = Some(Overlay::Typing(Typing::new(ask, text)));
    DONE
}

pub(crate) fn command(model: &mut Model, _: Key) -> Outcome {
    ask(model, Ask::Command, "")
}

/// A cut to be changed or accepted; if there is one, to heal it.
pub(crate) fn cut(model: &mut Model, _: Key) -> Outcome {
    let world = stage(model)?.world();
    let text = if world.partition().is_some() { "heal".to_owned() } else { suggested_cut(world) };
    ask(model, Ask::Command, &text)
}

/// To lose all messages to the chosen process, or to the receiver of the selected message; all from it if there are none.
pub(crate) fn lose_all(model: &mut Model, _: Key) -> Outcome {
    let stage = stage(model)?;
    let process = stage.focused_process().or(stage.selected().map(|envelope| envelope.to));
    let process = process.unwrap_or_else(|| stage.chosen());
    let lines = ["to", "from"].map(|side| format!("drop all {side} {process}"));
    let line = lines.iter().find(|line| orders(line, stage.world()).is_ok()).unwrap_or(&lines[0]).clone();
    ask(model, Ask::Command, &line)
}

pub(crate) fn cannot_lose_all(model: &Model) -> Option<String> {
    let network = model.stage()?.world().network();
    network.is_empty().then(|| "nothing is in flight".to_owned())
}

pub(crate) fn find(model: &mut Model, _: Key) -> Outcome {
    if let Some(Overlay::Help(help)) = &mut model.overlay {
        help.find();
        return DONE;
    }
    let stage = stage(model)?;
    // What is found is selected among the messages, now and when the line is closed.
    stage.set_focus(Focus::InFlight);
    let filter = stage.filter().to_owned();
    ask(model, Ask::Find, &filter)
}

pub(crate) fn complete(model: &mut Model, _: Key) -> Outcome {
    let world = stage(model)?.world().clone();
    match &mut model.overlay {
        Some(Overlay::Typing(typing)) => typing.complete(&world).map(|()| Vec::new()),
        _ => DONE,
    }
}

pub(crate) fn older(model: &mut Model, _: Key) -> Outcome {
    recall(model, true)
}

pub(crate) fn newer(model: &mut Model, _: Key) -> Outcome {
    recall(model, false)
}

/// Through the lines typed before; while finding, through what is found.
fn recall(model: &mut Model, older: bool) -> Outcome {
    if let Some(Overlay::Typing(Typing { ask: Ask::Find, .. })) = &model.overlay {
        stage(model)?.select(!older)?;
        return DONE;
    }
    if let Some(Overlay::Typing(typing)) = &mut model.overlay {
        typing.recall(&model.history, older)?;
    }
    DONE
}

/// A key that edits the typed line; false if it does not. What is found is shown while it is typed.
pub(crate) fn edit(model: &mut Model, key: Key) -> bool {
    let Some(Overlay::Typing(typing)) = &mut model.overlay else { return false };
    let edits = typing.edit(key);
    if edits && typing.ask == Ask::Find {
        let wanted = typing.line.text();
        if let Some(stage) = model.stage_mut() {
            stage.set_filter(&wanted);
        }
    }
    edits
}

/// Enter behind a typed line.
pub(crate) fn accept(model: &mut Model, typing: &Typing) -> Outcome {
    let text = typing.line.text().trim().to_owned();
    match typing.ask {
        Ask::Command => return obey(model, &text),
        Ask::Predicate => return seek::typed(model, &text),
        Ask::Find => {
            let stage = stage(model)?;
            if stage.shown().is_empty() && !text.is_empty() {
                return Err(format!("no message in flight contains `{text}`"));
            }
        }
        Ask::Autoplay => {
            let stage = stage(model)?;
            let auto = Auto::new(&text, stage.world(), stage.session().here())?;
            let pause = auto.pause();
            stage.set_auto(auto);
            model.overlay = None;
            return Ok(vec![Effect::WakeAfter(pause)]);
        }
    }
    model.overlay = None;
    DONE
}

/// Does what a line of the action language says.
pub(crate) fn obey(model: &mut Model, text: &str) -> Outcome {
    if text.is_empty() {
        return Err(format!("write an action; {} shows which there are", model.keymap.first(Id::Complete)));
    }
    if let Some(slide) = text.strip_prefix("slide ") {
        return progress::jump_to_slide(model, slide);
    }
    if let Some(asked) = text.strip_prefix("find ") {
        return seek::ask(model, asked.trim());
    }
    let stage = stage(model)?;
    for action in orders(text, stage.world())? {
        stage.act(action).map_err(|refusal| refusal.to_string())?;
    }
    model.remember(text);
    model.overlay = None;
    DONE
}

/// Esc: what was found is no longer all that is listed. False if all was listed.
pub(crate) fn list_all(model: &mut Model) -> bool {
    let filtered = model.stage_mut().filter(|stage| !stage.filter().is_empty());
    filtered.map(|stage| stage.set_filter("")).is_some()
}

pub(crate) fn cannot_autoplay(model: &Model) -> Option<String> {
    model.stage()?.lesson().map(|_| "a lesson goes at your pace: only a sandbox plays itself".to_owned())
}

/// Starts, pauses and goes on.
pub(crate) fn autoplay(model: &mut Model, _: Key) -> Outcome {
    let way = usual_way(model.autoplay_seed);
    let stage = stage(model)?;
    if stage.auto().is_none() {
        let auto = Auto::new(&way, stage.world(), stage.session().here())?;
        let pause = auto.pause();
        stage.set_auto(auto);
        return Ok(vec![Effect::WakeAfter(pause)]);
    }
    let Some(auto) = stage.auto_mut() else { return DONE };
    let running = !auto.running();
    auto.set_running(running);
    Ok(if running { vec![Effect::WakeAfter(auto.pause())] } else { Vec::new() })
}

pub(crate) fn autoplay_how(model: &mut Model, _: Key) -> Outcome {
    let given = model.stage().and_then(Stage::auto).map(|auto| auto.way().to_owned());
    let way = given.unwrap_or_else(|| usual_way(model.autoplay_seed));
    ask(model, Ask::Autoplay, &way)
}

pub(crate) fn faster(model: &mut Model, _: Key) -> Outcome {
    change_speed(model, true)
}

pub(crate) fn slower(model: &mut Model, _: Key) -> Outcome {
    change_speed(model, false)
}

fn change_speed(model: &mut Model, faster: bool) -> Outcome {
    let not_playing = not_playing(&model.keymap);
    let auto = stage(model)?.auto_mut().ok_or(not_playing)?;
    if !auto.change_speed(faster) {
        return Err(format!("{} steps a second is the {}", auto.speed(), if faster { "fastest" } else { "slowest" }));
    }
    let wake = auto.running().then(|| Effect::WakeAfter(auto.pause()));
    Ok(wake.into_iter().collect())
}

fn not_playing(keymap: &Keymap) -> String {
    format!("the run does not play itself: {} starts it", keymap.first(Id::Autoplay))
}

pub(crate) fn cannot_change_speed(model: &Model) -> Option<String> {
    model.stage()?.auto().is_none().then(|| not_playing(&model.keymap))
}

/// Nobody looks at a run that is left: it pauses.
pub(crate) fn pause_all(model: &mut Model) {
    for auto in model.stages.iter_mut().filter_map(Stage::auto_mut) {
        auto.set_running(false);
    }
}

/// The time for the next step of the run that plays itself. It waits while something lies on top, and pauses when an
/// invariant breaks.
pub(crate) fn tick(model: &mut Model) -> Vec<Effect> {
    let waits = model.overlay.is_some();
    let Some(stage) = model.stage_mut() else { return Vec::new() };
    let Some(pause) = stage.auto().filter(|auto| auto.running()).map(Auto::pause) else { return Vec::new() };
    if waits {
        return vec![Effect::WakeAfter(pause)];
    }
    let sound = stage.session().violations().is_empty();
    let stop = if stage.auto_step() {
        stage.alarm().filter(|_| sound).map(|alarm| format!("paused: {alarm}"))
    } else {
        Some(why_nothing_happens(stage.world()))
    };
    let Some(why) = stop else { return vec![Effect::WakeAfter(pause)] };
    if let Some(auto) = stage.auto_mut() {
        auto.set_running(false);
    }
    model.notice = Some(Notice { text: why, refused: false });
    Vec::new()
}
