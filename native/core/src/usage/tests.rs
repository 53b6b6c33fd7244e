use super::*;
use crate::activity::Kind;

/// How often a thing is done in an invocation, and what that tells.
type Done = (u64, &'static [u64]);

fn host(name: &str) -> Activity {
    Activity::new(Kind::Host, "resolve", name)
}

/// Does one thing so often in an invocation of its own; the times that are told.
fn done(usage: &mut Usage, what: &Activity, times: u64, is_untold: bool) -> Vec<u64> {
    usage.turn(false);
    let at = usage.place(what, is_untold).unwrap();
    (0..times)
        .filter_map(|_| match usage.again(at, false).told?.number {
            Number::Times(times) => Some(times),
            Number::Bytes(_) => None,
        })
        .collect()
}

#[test]
fn a_step_is_told_once_by_the_invocation_that_reaches_it() {
    #[rustfmt::skip]
    let rows: [(bool, &[Done]); 5] = [
        // is it told by no other record; how often in each invocation, and what that tells
        (false, &[(7, &[]), (7, &[]), (8, &[8]), (15, &[]), (16, &[16])]),
        (false, &[(100, &[8, 16, 32, 64]), (100, &[]), (127, &[]), (128, &[128])]),
        (true, &[(1, &[1]), (1, &[]), (9, &[8]), (1, &[])]),
        (true, &[(40, &[1, 8, 16, 32]), (40, &[])]),
        (false, &[(0, &[]), (1, &[])]),
    ];
    for (is_untold, invocations) in rows {
        let mut usage = Usage::default();
        for (times, expected) in invocations {
            let told = done(&mut usage, &host("a.example"), *times, is_untold);
            assert_eq!(told, *expected, "{invocations:?}");
        }
    }
}

#[test]
fn bytes_are_told_from_64_kib_on_and_at_each_fourfold() {
    let kib = |count: u64| count << 10;
    #[rustfmt::skip]
    let rows = [
        // what each sending has, and what is told
        (vec![kib(63)], vec![]),
        (vec![kib(64)], vec![kib(64)]),
        (vec![kib(40), kib(40)], vec![kib(64)]),
        (vec![kib(255), kib(1)], vec![kib(64), kib(256)]),
        (vec![kib(20 << 10)], vec![kib(16 << 10)]),
        (vec![u64::MAX, 1], vec![1 << 62]),
    ];
    for (sendings, expected) in rows {
        let mut usage = Usage::default();
        let at = usage.place(&host("a.example"), false).unwrap();
        let told: Vec<u64> = sendings
            .iter()
            .filter_map(|bytes| match usage.sent(at, false, *bytes).told?.number {
                Number::Bytes(bytes) => Some(bytes),
                Number::Times(_) => None,
            })
            .collect();
        assert_eq!(told, expected, "{sendings:?}");
    }
}

#[test]
fn what_an_attacked_invocation_told_is_told_again() {
    let mut usage = Usage::default();
    let what = host("a.example");
    assert_eq!(done(&mut usage, &what, 16, true), [1, 8, 16]);
    let left = usage.lines_left;
    usage.turn(true);
    assert_eq!(usage.lines_left, MOST_LINES);
    assert_eq!(done(&mut usage, &what, 8, true), [1, 8]);
    assert_eq!(done(&mut usage, &what, 16, true), [16]);
    assert_eq!(usage.lines_left, left);
    let at = usage.place(&what, true).unwrap();
    assert!((0..100).all(|_| usage.again(at, true) == Counted::default()));
}

#[test]
fn lines_are_bounded_and_a_flood_of_one_sort_leaves_the_others() {
    let mut usage = Usage::default();
    let mut lines = 0;
    let mut withheld = 0;
    for number in 0..500 {
        let at = usage
            .place(&host(&format!("{number}.example")), true)
            .unwrap();
        for _ in 0..200 {
            let counted = usage.again(at, false);
            lines += usize::from(counted.told.is_some());
            withheld += usize::from(counted.is_withheld);
        }
    }
    assert_eq!(lines, 160);
    assert_eq!(withheld, 1);
    let at = usage.place(&host("0.example"), true).unwrap();
    assert!(usage.sent(at, false, LEAST_BYTES).told.is_some());
}

#[test]
fn what_finds_no_place_is_counted_with_the_rest_of_its_operation() {
    let mut usage = Usage::default();
    for number in 0..MOST_PLACES + 7 {
        done(&mut usage, &host(&number.to_string()), 1, false);
    }
    assert_eq!(usage.places.len(), MOST_PLACES + 1);
    let rest = done(&mut usage, &host("another"), 8, false);
    assert_eq!(rest, [8]);
    for number in 0..2 * MOST_PLACES {
        let action = Activity::new(Kind::Api, &format!("s3:Get{number}"), "*");
        usage.place(&action, false);
    }
    assert_eq!(usage.places.len(), MOST_WITH_RESTS);
    assert_eq!(
        usage.place(&Activity::new(Kind::Api, "s3:Other", "*"), false),
        None
    );
    let long = host(&"a".repeat(LONGEST + 1));
    let mut small = Usage::default();
    small.place(&long, false);
    assert_eq!(*small.places[0].what, host("*"));
}
