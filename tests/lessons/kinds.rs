//! Beats that compare, play by themselves, break a rule, count, and play games.

use paxoscope::script::parse_action;
use paxoscope::teach::{GameView, Panel, Player, TaskState, Went};

use super::lesson;

/// The lesson at the beat of this title, with only a clicker.
fn at(id: &str, title: &str) -> Player {
    let mut player = lesson(id);
    while player.beat().title != title {
        assert_ne!(player.next(), Went::Nowhere, "{id} has no beat {title}");
    }
    player
}

fn act(player: &mut Player, line: &str) -> Result<(), String> {
    let action = parse_action(line, player.session().world()).map_err(|error| error.to_string())?;
    player.act(action).map_err(|error| error.to_string())
}

/// Row 1: the same three commands with an election for each and with one for all; round trips counted side by side.
#[test]
fn round_trips_are_counted_side_by_side() {
    let mut player = at("two-phases", "One by one, or one for all?");
    let table = player.beat().table.unwrap();
    assert_eq!(table.names, ["an election for each", "one election for all"]);
    assert_eq!(
        (table.rows[0].subject.as_str(), &table.rows[0].values[..]),
        ("run.round trips", &["6".into(), "4".into()][..])
    );
    assert!(table.rows[0].differs() && player.beat().panel.is_none());
    // Both are seen at once: the clicker need not go through them; the one that goes on is shown first.
    assert_eq!((player.beat().future, player.beat().futures.len()), (1, 2));
    let goes_on = player.session().world().clone();
    assert!(player.flip());
    assert_ne!(player.session().world(), &goes_on);
    assert_eq!((player.next(), player.session().world() == &goes_on), (Went::ToBeat, true));
}

/// Row 13: the formula beside the count, for other clusters than the lesson's own.
#[test]
fn clusters_of_other_sizes_are_counted_and_not_shown() {
    let mut player = at("costs", "One command, steady state");
    let before = player.session().world().clone();
    let view = player.beat();
    let table = view.table.unwrap();
    assert_eq!((view.panel, view.futures.len()), (Some(Panel::Table), 0));
    let row = |subject: &str| table.rows.iter().find(|row| row.subject == subject).unwrap().values.clone();
    assert_eq!(row("command A.messages"), ["16", "24", "24"]);
    assert_eq!(row("= 3r + rl + 2n"), row("command A.messages"));
    assert_eq!((player.next(), player.session().world()), (Went::ToBeat, &before));
}

#[test]
fn the_right_number_is_what_was_counted() {
    let mut player = at("costs", "Five acceptors");
    let open = player.question().unwrap();
    assert!(open.choices.len() > 2 && player.asked().is_none() && open.truth.is_none());
    assert_eq!(player.session().costs().commands().count(), 0, "nothing is spent before the answer");
    let right = open.choices.iter().position(|lines| lines == &["messages: 20"]).unwrap();
    let mut wrong = player.clone();
    assert_eq!(player.answer(right), Some(true));
    let (_, bill) = player.session().costs().commands().next().unwrap();
    assert_eq!(bill.total(), 20);
    let majority = open.choices.iter().position(|lines| lines == &["messages: 16"]).unwrap();
    assert_eq!(wrong.answer(majority), Some(false));
    let question = wrong.question().unwrap();
    let (verdict, reason) = (question.verdict.unwrap(), question.reason.unwrap());
    assert!(verdict.starts_with("No: a leader waits for a majority, but it asks every acceptor"), "{verdict}");
    assert_eq!(reason, "Counted: 20 = 3r + rl + 2n, with r = 2, l = 2, n = 5.");
}

/// Row 5: a rule is broken for one task; then everything is as it was.
#[test]
fn a_broken_rule_is_said_and_put_back_with_all_that_followed() {
    let mut player = at("acceptor-rules", "Where they meet");
    player.next();
    let whole = player.session().world().clone();
    let lit = |player: &Player| player.lights().iter().filter(|light| light.holds).count();
    assert_eq!((player.beat().broken, lit(&player)), (None, 4));
    let mut broken = Vec::new();
    let mut out = Vec::new();
    while player.beat_number() < player.beat_count() {
        player.next();
        if player.beat_number() == player.beat_count() {
            break;
        }
        if player.task().is_none() {
            assert_eq!(player.session().step(), 22, "each begins with the broken rule alone");
            broken.extend(player.beat().broken);
            continue;
        }
        assert_eq!(player.beat().broken.as_ref(), broken.last());
        assert!(player.skip_task());
        out.push(player.lights().iter().map(|light| light.holds).collect::<Vec<_>>());
    }
    let said = [
        "switched off: \"an acceptor adopts no lower ballot\"",
        "switched off: \"only accept values from the current ballot\"",
        "switched off: \"an acceptor's votes survive a crash\"",
        "switched off: \"a leader takes over what was accepted\"",
    ];
    assert_eq!(broken, said);
    let expected =
        [[false, true, true, false], [true, false, true, false], [true, true, false, false], [true, true, true, false]];
    assert_eq!(out, expected, "which rule each bug puts out; in the end always what was chosen");
    assert_eq!((player.session().world() == &whole, player.beat().broken, lit(&player)), (true, None, 4));
    let jumped = {
        let mut player = lesson("acceptor-rules");
        player.jump_to(12);
        player
    };
    assert_eq!(jumped.session().world(), &whole, "the same for who jumps there");
}

#[test]
fn a_run_that_plays_itself_is_always_the_same() {
    let runs = [(); 2].map(|()| at("adversary", "And it finishes").session().actions());
    assert_eq!(runs[0], runs[1]);
    let player = at("adversary", "And it finishes");
    assert!(player.session().world().clients()[0].state.pending.is_empty());
}

fn game(player: &Player) -> GameView {
    player.task().unwrap().game.unwrap()
}

/// Row 17: the learner orders deliveries and losses; the policy runs the elections.
#[test]
fn in_a_game_messages_must_arrive_and_the_policy_runs() {
    let mut player = at("adversary", "Your turn: eager leaders");
    assert_eq!((game(&player).score, game(&player).mark, game(&player).losses_left), (0, 40, 2));
    assert!(act(&mut player, "elect L0").unwrap_err().contains("the policy runs the elections"));
    for line in ["drop L0>A2 p1a(0.0)", "drop L1>A2 p1a(0.1)"] {
        act(&mut player, line).unwrap();
    }
    assert!(act(&mut player, "drop L1>A1 p1a(0.1)").unwrap_err().contains("all of them are"));
    // A refusal makes the leader run again in the same breath: that is the policy's step, and no step of the learner's.
    act(&mut player, "deliver L0>A0 p1a(0.0)").unwrap();
    act(&mut player, "deliver A0>L0 p1b(0.1, [], to 0.0)").unwrap();
    assert_eq!((game(&player).score, player.task().unwrap().steps), (4, 5));
    let l0 = &player.session().world().leaders()[0].state;
    assert!(l0.ballot_num.to_string() == "1.0" && l0.scouts.len() == 1);
    // The message that waited longest must arrive before anything else.
    for line in ["deliver L0>A0 p1a(1.0)", "deliver L0>A1 p1a(1.0)", "deliver A0>L0 p1b(1.0, [])"] {
        act(&mut player, line).unwrap();
    }
    for line in ["deliver A1>L0 p1b(1.0, [])", "deliver L0>A0 p2a(1.0, 1, A)", "deliver L0>A1 p2a(1.0, 1, A)"] {
        act(&mut player, line).unwrap();
    }
    let mut late = player.clone();
    act(&mut late, "deliver L0>A2 p2a(1.0, 1, A)").unwrap();
    act(&mut late, "deliver L0>A2 p1a(1.0)").unwrap();
    assert_eq!(game(&late).next_due.unwrap().1, 0);
    let refused = act(&mut late, "deliver A0>L0 p2b(1.0, 1)").unwrap_err();
    assert!(refused.ends_with("has waited 12 steps: it must arrive now"), "{refused}");
    // Decided: the game is over and not won; begun again it can be.
    for line in ["deliver A0>L0 p2b(1.0, 1)", "deliver A1>L0 p2b(1.0, 1)"] {
        act(&mut player, line).unwrap();
    }
    assert!(game(&player).over && player.task().unwrap().state == TaskState::Open);
    assert!(act(&mut player, "deliver L0>R0 decision(1, A)").unwrap_err().contains("the game is over"));
    assert!(player.reset_task() && !game(&player).over);
    while player.show_step() == paxoscope::teach::Showed::Step {}
    assert_eq!((game(&player).score, player.task().unwrap().state), (40, TaskState::Shown));
}

/// The score of the first game is out of reach in the second, where preempted leaders wait.
#[test]
fn patient_leaders_decide() {
    let mut player = at("adversary", "Your turn: patient leaders");
    assert!(!game(&player).beats && game(&player).mark == 40);
    // As mean as a simple network can be: whatever is of no use comes first.
    loop {
        let world = player.session().world();
        let useless = |action: &paxoscope::world::Action| {
            let text = paxoscope::script::action_text(action, world);
            (text.contains("L1>") || text.contains(">L1"), text.contains("p2b"))
        };
        let mut all: Vec<_> = world.enabled();
        all.sort_by_cached_key(useless);
        if !all.into_iter().any(|action| player.act(action).is_ok()) || player.task().unwrap().state != TaskState::Open
        {
            break;
        }
    }
    assert_eq!(player.task().unwrap().state, TaskState::Solved);
    assert!(game(&player).score < 40, "{:?}", game(&player));
}
