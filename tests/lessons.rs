//! The built-in lessons, played.

use paxoscope::teach::{Player, built_in, check_text};

#[test]
fn every_built_in_lesson_passes() {
    for lesson in built_in() {
        match check_text(lesson.file, lesson.text) {
            Ok((parsed, summary)) => {
                assert_eq!(parsed.id.text, lesson.id);
                println!("{}: {summary:?}", lesson.id);
            }
            Err(errors) => panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        }
    }
}

#[test]
#[ignore = "for reading: prints every beat as it is told"]
fn read_aloud() {
    for lesson in built_in() {
        let (lesson, _) = check_text(lesson.file, lesson.text).unwrap();
        let mut player = Player::new(lesson).unwrap();
        let mut last = String::new();
        loop {
            let beat = player.beat();
            println!("\n--- {}/{} {}", player.beat_number(), player.beat_count(), beat.title);
            println!("    [{}] look at {}", beat.slide.unwrap_or_default(), beat.look_at.join(" "));
            beat.say.iter().for_each(|say| println!("  {say}"));
            if let Some(question) = player.question() {
                if question.is_open() {
                    println!("  ? {}", question.ask);
                    for (at, lines) in question.choices.iter().enumerate() {
                        println!("    {}) {}", at + 1, lines.join("\n       "));
                        let mut other = player.clone();
                        other.answer(at);
                        println!("         -> {}", other.question().unwrap().verdict.unwrap());
                    }
                } else {
                    println!("  ! {}", question.verdict.unwrap());
                }
            }
            if beat.future == 0 && beat.futures.len() > 1 {
                player.flip();
                println!("  or: {:?}", player.beat().say);
            }
            let acceptors = player.session().world().acceptors();
            let now = format!("{:?}", acceptors[0].state);
            if now != last {
                println!(
                    "    A0 = {} {:?}",
                    acceptors[0].state.ballot_num.map_or("0".into(), |b| b.to_string()),
                    acceptors[0]
                        .state
                        .accepted
                        .iter()
                        .map(|p| format!("{},{},{}", p.ballot, p.slot, p.command))
                        .collect::<Vec<_>>()
                );
                last = now;
            }
            if player.next() == paxoscope::teach::Went::Nowhere {
                break;
            }
        }
    }
}
