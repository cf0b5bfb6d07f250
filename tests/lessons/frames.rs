//! The frames that the curriculum asks for, reached by the real cluster.

use paxoscope::teach::{Player, Went};
use paxoscope::world::fields;
use paxoscope::world::text::Notation;

use super::{acceptors_player, frame, lesson};

/// Row 4 of the curriculum: nine boxes, in order, each beside its slide, in nineteen steps of the real cluster.
#[test]
fn the_nine_frames_are_the_slides() {
    let mut player = acceptors_player();
    let mut seen: Vec<(String, String, u32)> = Vec::new();
    loop {
        let slide = player.beat().slide.unwrap_or_default();
        if let Some(rest) = slide.strip_prefix("Acceptors ") {
            let number = rest.split(' ').next().unwrap().to_owned();
            if seen.last().is_none_or(|(last, ..)| *last != number) {
                seen.push((number, frame(&player), player.session().step()));
            }
        }
        if player.next() == Went::Nowhere {
            break;
        }
    }
    let fresh = "ballot_num: 0, accepted: []";
    let promised = "ballot_num: 0.1, accepted: []";
    let accepted = "ballot_num: 0.1, accepted: [⟨0.1, 0, A⟩]";
    let expected = [
        ("1/9", fresh, 12),
        ("2/9", promised, 13),
        ("3/9", promised, 13),
        ("4/9", promised, 14),
        ("5/9", promised, 17),
        ("6/9", accepted, 18),
        ("7/9", accepted, 18),
        ("8/9", accepted, 18),
        ("9/9", accepted, 19),
    ];
    let seen: Vec<_> = seen.iter().map(|(number, frame, step)| (number.as_str(), frame.as_str(), *step)).collect();
    assert_eq!(seen, expected);
}

/// `active: true, ballot_num: 0.0, proposals: []`, as on the slides.
fn leader_frame(player: &Player, leader: usize) -> String {
    let world = player.session().world();
    let id = world.cluster().leaders().nth(leader).unwrap();
    let all = fields(world, Notation::Screen, id.into());
    let on_slide = |name: &str| ["active", "ballot_num", "proposals"].contains(&name);
    let shown = all.iter().filter(|(name, _)| on_slide(name)).map(|(name, value)| format!("{name}: {value}"));
    shown.collect::<Vec<_>>().join(", ")
}

/// L0's frames in the order in which a clicker shows them, each once; and the title of the beat in which each came up.
fn leader_frames(id: &str) -> Vec<(String, String)> {
    let mut player = lesson(id);
    let mut seen: Vec<(String, String)> = Vec::new();
    loop {
        let frame = leader_frame(&player, 0);
        if seen.last().is_none_or(|(_, last)| *last != frame) {
            seen.push((player.beat().title, frame));
        }
        if player.next() == Went::Nowhere {
            return seen;
        }
    }
}

fn are_frames(id: &str, expected: &[(&str, &str)]) {
    let seen = leader_frames(id);
    let seen: Vec<_> = seen.iter().map(|(title, frame)| (title.as_str(), frame.as_str())).collect();
    assert_eq!(seen, expected);
}

/// Row 6: `active: false, ballot_num: 1.0, proposals: []`, and both sides of the "Or…", each made to happen and shown.
#[test]
fn the_election_frames_are_the_slides() {
    let running = "active: false, ballot_num: 1.0, proposals: []";
    let elected = "active: true, ballot_num: 1.0, proposals: []";
    are_frames(
        "elections",
        &[
            ("A leader that is back", "active: false, ballot_num: 0.0, proposals: []"),
            ("It runs", running),
            ("Your turn: L0 is elected", elected),
            ("Your turn: L0 is preempted", running),
            ("Elected? Or…", elected),
            ("Elected? Or…", running),
            ("Elected, for how long?", elected),
        ],
    );
}

/// Row 9: the slide's states of the leader, through the preemption.
#[test]
fn the_proposal_frames_are_the_slides() {
    are_frames(
        "proposals",
        &[
            ("A leader with nothing to do", "active: true, ballot_num: 0.0, proposals: []"),
            ("Op1 should be A", "active: true, ballot_num: 0.0, proposals: [⟨1, A⟩]"),
            ("Preempted", "active: false, ballot_num: 0.0, proposals: [⟨1, A⟩]"),
            ("Preempted, or…", "active: true, ballot_num: 0.0, proposals: [⟨1, A⟩]"),
            ("Your turn: Op1 is A", "active: false, ballot_num: 0.0, proposals: [⟨1, A⟩]"),
        ],
    );
    // The "Or…" begins with what has happened, and goes back to where it began for the other side.
    let mut player = lesson("proposals");
    while player.beat().futures.is_empty() {
        player.next();
    }
    assert_eq!(leader_frame(&player, 0), "active: false, ballot_num: 0.0, proposals: [⟨1, A⟩]");
    assert_eq!(player.beat().slide.as_deref(), Some("Or… · active: false · ballot_num: 0.0 · proposals: [<1, A>]"));
    let nodes = player.session().here();
    player.previous();
    assert_eq!(player.session().here(), nodes, "it is the very moment of the beat before");
    player.next();
    player.next();
    assert_eq!(player.beat().slide.as_deref(), Some("Op1 is A"));
    // The other side: "Op1 is A", to three replicas, the first of which has it.
    assert_eq!(player.beat().look_at, ["L0", "R0", "R1", "R2"]);
    let told = |player: &Player| {
        let in_flight = player.session().world().network().distinct();
        in_flight.filter(|(envelope, _)| envelope.message.kind().name() == "decision").count()
    };
    assert_eq!(
        (leader_frame(&player, 0).as_str(), told(&player)),
        ("active: true, ballot_num: 0.0, proposals: [⟨1, A⟩]", 2)
    );
}

/// Row 7: the leader of 3.0 holds ⟨1, B⟩, meets ⟨2.1, 1, A⟩ and becomes active with ⟨1, A⟩.
#[test]
fn the_past_is_learned_as_the_slides_say() {
    let frames: Vec<String> = leader_frames("learning-the-past").into_iter().map(|(_, frame)| frame).collect();
    let at = |frame: &str| frames.iter().position(|one| one == frame).unwrap();
    let before = at("active: false, ballot_num: 3.0, proposals: [⟨1, B⟩]");
    assert!(before < at("active: true, ballot_num: 3.0, proposals: [⟨1, A⟩]"), "{frames:?}");
}
