//! In which order strokes are drawn: moving between them, and from look to look, takes as many bytes as what they show.

use super::cursor::{self, Place};
use super::pen::Look;
use super::strokes::{Ink, Stroke};

/// What is so many rows further down, or one further up, may come next: the two sides of a box are drawn one after the
/// other, not row by row.
const NEAR: u16 = 2;
/// So many strokes further in the order, or back, another place for a stroke is looked for.
const FAR: usize = 16;

/// What a stroke needs and leaves.
#[derive(Clone, Copy)]
struct Leg {
    begin: Place,
    /// The looks of what is seen first and last; none, if nothing is.
    looks: Option<(Look, Look)>,
    /// `None` behind the last column.
    end: Option<Place>,
}

/// The order in which these strokes, which come row by row, are drawn with few bytes: always what is nearest next, and
/// then each where it costs least. Numbers of strokes.
pub(super) fn order(strokes: &[Stroke<'_>], start: (Option<Place>, Look), columns: u16) -> Vec<usize> {
    let legs: Vec<Leg> = strokes.iter().map(|stroke| leg(stroke, columns)).collect();
    let mut order = Vec::with_capacity(legs.len());
    let mut is_drawn = vec![false; legs.len()];
    let (mut hand, mut first) = (start, 0);
    while first < legs.len() {
        let (from, to) = match hand.0 {
            None => (0, 0),
            Some((_, y)) => (y.saturating_sub(1), y + NEAR),
        };
        let begin = strokes.partition_point(|stroke| stroke.y < from).max(first);
        let near = (begin..legs.len()).take_while(|at| strokes[*at].y <= to);
        let open = near.chain([first]).filter(|at| !is_drawn[*at]);
        let next = open.min_by_key(|at| (distance(hand, legs[*at]), *at)).unwrap_or(first);
        hand = after(hand, legs[next]);
        order.push(next);
        is_drawn[next] = true;
        while is_drawn.get(first) == Some(&true) {
            first += 1;
        }
    }
    settle(&mut order, &legs, start);
    // Who always takes what is nearest may pay for it in the end.
    let row_by_row: Vec<usize> = (0..legs.len()).collect();
    if bytes(&order, &legs, start) <= bytes(&row_by_row, &legs, start) { order } else { row_by_row }
}

/// About how many bytes it takes to get through all in this order.
fn bytes(order: &[usize], legs: &[Leg], mut hand: (Option<Place>, Look)) -> usize {
    let mut sum = 0;
    for at in order {
        sum += distance(hand, legs[*at]);
        hand = after(hand, legs[*at]);
    }
    sum
}

/// Moves each to where it costs least: what was passed over, and left for last, is fetched where the way goes by.
fn settle(order: &mut [usize], legs: &[Leg], start: (Option<Place>, Look)) {
    // What it takes to draw this one between those two.
    let detour = |before: Option<usize>, this: usize, then: Option<usize>| {
        let hand = before.map_or(start, |before| after(start, legs[before]));
        let there = distance(hand, legs[this]);
        let Some(then) = then else { return there };
        let on = distance(after(hand, legs[this]), legs[then]);
        (there + on).saturating_sub(distance(hand, legs[then]))
    };
    for from in 0..order.len() {
        let this = order[from];
        // What stands in this place while the one that is moved stands in none.
        let others = |at: usize, order: &[usize]| order.get(if at < from { at } else { at + 1 }).copied();
        let cost = |to: usize, order: &[usize]| {
            detour(to.checked_sub(1).and_then(|before| others(before, order)), this, others(to, order))
        };
        if cost(from, order) < CHEAP {
            continue;
        }
        let places = from.saturating_sub(FAR)..=(from + FAR).min(order.len() - 1);
        let to = places.min_by_key(|to| (cost(*to, order), to.abs_diff(from))).unwrap_or(from);
        if to < from {
            order[to..=from].rotate_right(1);
        } else {
            order[from..=to].rotate_left(1);
        }
    }
}

/// What costs less is left where it is.
const CHEAP: usize = 4;

fn leg(stroke: &Stroke<'_>, columns: u16) -> Leg {
    let looks = match &stroke.ink {
        Ink::Text(glyphs) => {
            let mut seen = glyphs.iter().filter(|glyph| glyph.symbol != " ").map(|glyph| glyph.look);
            seen.next().map(|first| (first, seen.next_back().unwrap_or(first)))
        }
        Ink::Erase(_) | Ink::EraseRow => None,
    };
    let end = Some(stroke.end() as u16).filter(|end| *end < columns).map(|end| (end, stroke.y));
    Leg { begin: (stroke.x, stroke.y), looks, end }
}

/// About how many bytes it takes to begin with this.
fn distance((at, look): (Option<Place>, Look), leg: Leg) -> usize {
    cursor::distance(at, leg.begin) + leg.looks.map_or(0, |(first, _)| look.distance(first))
}

/// Where the hand is, and in which look, when it has drawn this.
fn after((_, look): (Option<Place>, Look), leg: Leg) -> (Option<Place>, Look) {
    (leg.end, leg.looks.map_or(look, |(_, last)| last))
}
