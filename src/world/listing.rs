//! Each role's pseudo-code, in our own words after the paper's listings (Figs. 1, 4, 6, 7), and for each rule the lines
//! that it executes and the invariant that its guard protects. One place: why panel, narration and lessons read it here.

use super::Invariant;

/// A role's pseudo-code.
#[derive(PartialEq, Eq, Debug)]
pub struct Listing {
    /// Whose it is: `acceptor`.
    pub role: &'static str,
    /// Its lines, indented by two spaces a level.
    pub lines: &'static [&'static str],
}

/// The client (section 1).
pub static CLIENT: Listing = Listing {
    role: "client",
    lines: &[
        "to have c performed:",
        "  send request(c) to all replicas",
        "on response(c, result):",
        "  if c has no answer yet: answer := result",
    ],
};

/// The replica (Fig. 1).
pub static REPLICA: Listing = Listing {
    role: "replica",
    lines: &[
        "on request(c):",
        "  if c not in requests: requests += c",
        "  propose()",
        "on decision(s, c):",
        "  if s not in decisions: decisions[s] := c",
        "  while slot_out in decisions:",
        "    if proposals[slot_out] is another command:",
        "      requests += that command",
        "    perform(decisions[slot_out])",
        "  propose()",
        "perform(c):",
        "  if c decided in a slot < slot_out: skip it",
        "  else: apply c to app; send response to client",
        "  slot_out += 1",
        "propose():",
        "  while requests and slot_in < slot_out + WINDOW:",
        "    if slot_in not in decisions:",
        "      proposals[slot_in] := next of requests",
        "      send propose(slot_in, c) to all leaders",
        "    slot_in += 1",
        "on learn(s):",
        "  if s in decisions: send decision(s, c) back",
    ],
};

/// The leader (Fig. 7).
pub static LEADER: Listing = Listing {
    role: "leader",
    lines: &[
        "to run for office:",
        "  active := false; if it ran: ballot_num := higher",
        "  start scout: send p1a(ballot_num) to all",
        "on propose(s, c):",
        "  if s not in proposals:",
        "    proposals[s] := c",
        "    if active: start commander(ballot_num, s, c)",
        "on adopted(b, pvalues):",
        "  if b = ballot_num:",
        "    proposals := proposals <| pmax(pvalues)",
        "    start a commander for every proposal",
        "    active := true",
        "on preempted(b):",
        "  if b > ballot_num:",
        "    active := false",
        "    remember b as rival; run again later",
        "on ping(b):",
        "  send pong(b) back",
    ],
};

/// The scout (Fig. 6b).
pub static SCOUT: Listing = Listing {
    role: "scout",
    lines: &[
        "on p1b(b', r) from a:",
        "  if b' = b:",
        "    pvalues += r; waitfor -= a",
        "    if |waitfor| < n/2:",
        "      tell leader adopted(b, pvalues); exit",
        "  else if b' > b:",
        "    tell leader preempted(b'); exit",
    ],
};

/// The commander (Fig. 6a, with the branch that it lacks).
pub static COMMANDER: Listing = Listing {
    role: "commander",
    lines: &[
        "commander(b, s, c): send p2a(b, s, c) to all",
        "on p2b(b', s) from a:",
        "  if b' = b:",
        "    waitfor -= a",
        "    if |waitfor| < n/2:",
        "      send decision(s, c) to all replicas; exit",
        "  else if b' > b:",
        "    tell leader preempted(b'); exit",
        "  else: ignore it",
    ],
};

/// The acceptor (Fig. 4).
pub static ACCEPTOR: Listing = Listing {
    role: "acceptor",
    lines: &[
        "on p1a(b):",
        "  if b > ballot_num: ballot_num := b",
        "  send p1b(ballot_num, accepted)",
        "on p2a(b, s, c):",
        "  if b = ballot_num: accepted += (b, s, c)",
        "  send p2b(ballot_num, s)",
    ],
};

/// The world around the protocol.
pub static WORLD: Listing = Listing {
    role: "world",
    lines: &[
        "drop: one copy of a message is gone",
        "duplicate: one more copy is in flight",
        "crash: what is not in stable storage is gone",
        "restart: go on from stable storage",
        "partition: no message passes between groups",
        "heal: every message can pass again",
        "resend: send again what was not answered",
        "rule: from here on another rule holds",
    ],
};

/// What a rule executes, and what its guard is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Explanation {
    pub listing: &'static Listing,
    /// Indexes of the lines that it executes.
    pub lines: &'static [usize],
    /// The invariant that its guard protects; `None` where there is no guard, or it serves progress only.
    pub protects: Option<Invariant>,
}

/// Every rule id, in the order of the contract, with its explanation.
pub static EXPLANATIONS: &[(&str, Explanation)] = &[
    ("client.request", explain(&CLIENT, &[0, 1], None)),
    ("client.response", explain(&CLIENT, &[2, 3], None)),
    ("replica.request.new", explain(&REPLICA, &[0, 1, 2], None)),
    ("replica.request.known", explain(&REPLICA, &[0, 1, 2], None)),
    ("replica.propose", explain(&REPLICA, &[14, 15, 16, 17, 18, 19], Some(Invariant::R5))),
    ("replica.decision.new", explain(&REPLICA, &[3, 4, 9], Some(Invariant::R1))),
    ("replica.decision.known", explain(&REPLICA, &[3, 4, 9], Some(Invariant::R1))),
    ("replica.perform", explain(&REPLICA, &[5, 8, 10, 12, 13], Some(Invariant::R2))),
    ("replica.skip", explain(&REPLICA, &[5, 8, 10, 11, 13], Some(Invariant::R3))),
    ("replica.displaced", explain(&REPLICA, &[5, 6, 7], None)),
    ("replica.learn", explain(&REPLICA, &[20, 21], Some(Invariant::D1))),
    ("leader.elect", explain(&LEADER, &[0, 1, 2], Some(Invariant::D7))),
    ("leader.propose.new", explain(&LEADER, &[3, 4, 5, 6], Some(Invariant::C1))),
    ("leader.propose.known", explain(&LEADER, &[3, 4], Some(Invariant::C1))),
    ("leader.adopted", explain(&LEADER, &[7, 8, 9, 10, 11], Some(Invariant::C2))),
    ("leader.pmax", explain(&LEADER, &[7, 8, 9], Some(Invariant::C2))),
    ("leader.adopted.stale", explain(&LEADER, &[7, 8], Some(Invariant::D6))),
    ("leader.preempted", explain(&LEADER, &[12, 13, 14, 15], None)),
    ("leader.preempted.stale", explain(&LEADER, &[12, 13], None)),
    ("leader.spawn_commander", explain(&COMMANDER, &[0], Some(Invariant::C1))),
    ("scout.p1b.count", explain(&SCOUT, &[0, 1, 2], Some(Invariant::D6))),
    ("scout.p1b.majority", explain(&SCOUT, &[3, 4], Some(Invariant::D6))),
    ("scout.p1b.preempted", explain(&SCOUT, &[0, 5, 6], None)),
    ("scout.gone", explain(&SCOUT, &[0], Some(Invariant::D6))),
    ("commander.p2b.count", explain(&COMMANDER, &[1, 2, 3], Some(Invariant::D1))),
    ("commander.p2b.majority", explain(&COMMANDER, &[4, 5], Some(Invariant::D1))),
    ("commander.p2b.preempted", explain(&COMMANDER, &[1, 6, 7], None)),
    ("commander.p2b.lower", explain(&COMMANDER, &[1, 8], Some(Invariant::D1))),
    ("commander.gone", explain(&COMMANDER, &[1], Some(Invariant::D1))),
    ("acceptor.p1a.adopt", explain(&ACCEPTOR, &[0, 1, 2], Some(Invariant::A1))),
    ("acceptor.p1a.refuse", explain(&ACCEPTOR, &[0, 1, 2], Some(Invariant::A1))),
    ("acceptor.p2a.accept", explain(&ACCEPTOR, &[3, 4, 5], Some(Invariant::A2))),
    ("acceptor.p2a.refuse", explain(&ACCEPTOR, &[3, 4, 5], Some(Invariant::A2))),
    ("world.drop", explain(&WORLD, &[0], None)),
    ("world.duplicate", explain(&WORLD, &[1], None)),
    ("world.crash", explain(&WORLD, &[2], None)),
    ("world.restart", explain(&WORLD, &[3], None)),
    ("world.partition", explain(&WORLD, &[4], None)),
    ("world.heal", explain(&WORLD, &[5], None)),
    ("world.resend", explain(&WORLD, &[6], None)),
    ("world.rule", explain(&WORLD, &[7], None)),
    ("leader.ping", explain(&LEADER, &[15], None)),
    ("leader.ping.answer", explain(&LEADER, &[16, 17], None)),
    ("leader.pong", explain(&LEADER, &[15], None)),
];

const fn explain(listing: &'static Listing, lines: &'static [usize], protects: Option<Invariant>) -> Explanation {
    Explanation { listing, lines, protects }
}

/// The explanation of a rule; `None` if there is no such rule.
pub fn explanation(rule: &str) -> Option<Explanation> {
    EXPLANATIONS.iter().find(|(id, _)| *id == rule).map(|(_, explanation)| *explanation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_explanation_points_at_lines_that_exist() {
        for (rule, explanation) in EXPLANATIONS {
            assert!(!explanation.lines.is_empty(), "{rule}");
            assert!(explanation.lines.iter().all(|line| *line < explanation.listing.lines.len()), "{rule}");
        }
    }

    #[test]
    fn no_rule_is_explained_twice_and_no_line_is_too_long_for_a_slide() {
        let ids: std::collections::BTreeSet<_> = EXPLANATIONS.iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), EXPLANATIONS.len());
        let listings = EXPLANATIONS.iter().map(|(_, explanation)| explanation.listing);
        for line in listings.flat_map(|listing| listing.lines) {
            assert!(line.chars().count() <= 52, "{line}");
        }
    }

    #[test]
    fn every_line_of_every_listing_is_executed_by_some_rule() {
        for listing in [&CLIENT, &REPLICA, &LEADER, &SCOUT, &COMMANDER, &ACCEPTOR, &WORLD] {
            let of_listing = EXPLANATIONS.iter().filter(|(_, explanation)| explanation.listing.role == listing.role);
            let executed: std::collections::BTreeSet<_> = of_listing.flat_map(|(_, one)| one.lines).collect();
            let missing: Vec<_> = (0..listing.lines.len()).filter(|line| !executed.contains(line)).collect();
            assert_eq!(missing, Vec::<usize>::new(), "{}", listing.role);
        }
    }
}
