use proptest::prelude::*;

use super::*;
use crate::health::Part;
use crate::health::codec::tests::any_frame;
use crate::sim::{CellCount, PsapGauge, Received, ServerGauge};

/// A frame of a busy country: the counts are spread so that no two frames are alike.
fn busy(index: u32) -> Frame {
    let cells = (0..45_u32)
        .map(|i| CellCount {
            cell: i * 89 + index % 7,
            attempts: 1 + (i % 3) as u16,
            delivered: 1,
            answered: (i % 2) as u16,
            silent: (i % 5 / 4) as u16,
            ..CellCount::default()
        })
        .collect();
    let received = (0..30_u16)
        .map(|i| Received {
            psap: i * 13,
            service: (i % 4) as u8,
            received: 1,
            answered: 1,
            in_target: i % 2,
            abandoned: 0,
        })
        .collect();
    let psaps = (0..400_u32)
        .map(|i| PsapGauge {
            queue: (i + index).is_multiple_of(9).into(),
            busy: ((i * 31 + index) / 4 % 5) as u16,
            positions: 6,
        })
        .collect();
    let servers = (0..6_u32)
        .map(|i| ServerGauge {
            sessions: 20_000 + (index * (i + 3)) % 977,
            capacity: 40_000,
            setups: 4,
            managed: true,
            ..ServerGauge::default()
        })
        .collect();
    let heard = Some(index);
    Frame {
        index,
        cells: Part { of: heard, data: cells },
        received: Part { of: heard, data: received },
        psaps: Part { of: heard, data: psaps },
        servers: Part { of: heard, data: servers },
        truth: None,
    }
}

fn in_order(mut frames: Vec<Frame>) -> Vec<Frame> {
    for (i, frame) in frames.iter_mut().enumerate() {
        frame.index = i as u32;
    }
    frames
}

fn written(frames: &[Frame]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("health.tape");
    let mut writer = TapeWriter::create(&path).unwrap();
    for frame in frames {
        writer.write(frame).unwrap();
    }
    (folder, path)
}

#[test]
fn crc32c_gives_the_check_value_of_the_catalogue() {
    assert_eq!(crc32c(b"123456789"), 0xE306_9283);
}

#[test]
fn a_day_of_a_busy_country_stays_below_20_megabytes() {
    let frames: Vec<Frame> = (0..600).map(busy).collect();
    let (_folder, path) = written(&frames);
    let per_day = std::fs::metadata(&path).unwrap().len() * 8_640 / 600;
    assert!(per_day < 20_000_000, "{per_day} bytes a day");
}

#[test]
fn any_stretch_and_any_instant_come_back() {
    let frames: Vec<Frame> = (0..100).map(busy).collect();
    let (_folder, path) = written(&frames);
    let mut reader = TapeReader::open(&path).unwrap();
    assert_eq!(reader.frames(61, 75).unwrap(), frames[61..=75]);
    assert_eq!(reader.seek(0).unwrap().as_ref(), Some(&frames[0]));
    assert_eq!(reader.seek(99).unwrap().as_ref(), Some(&frames[99]));
    assert_eq!(reader.seek(5_000).unwrap().as_ref(), Some(&frames[99]));
    assert_eq!(reader.frames(100, 200).unwrap(), []);
    assert_eq!(reader.poll().unwrap(), frames);
    assert_eq!(reader.poll().unwrap(), []);
    assert_eq!(reader.digest().unwrap(), digest(&frames));
}

#[test]
fn a_reader_follows_a_writer_and_a_writer_goes_on_after_a_crash() {
    let frames: Vec<Frame> = (0..50).map(busy).collect();
    let (_folder, path) = written(&frames[..20]);
    let mut reader = TapeReader::open(&path).unwrap();
    assert_eq!(reader.poll().unwrap(), frames[..20]);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"\x09\x00half").unwrap();
    assert_eq!(reader.poll().unwrap(), []);
    let mut writer = TapeWriter::append(&path).unwrap();
    assert_eq!(writer.last_index(), Some(19));
    assert_eq!(writer.write(&frames[19]).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    for frame in &frames[20..] {
        writer.write(frame).unwrap();
        assert_eq!(reader.poll().unwrap(), std::slice::from_ref(frame));
    }
    assert_eq!(std::fs::read(path.with_extension("tape.torn")).unwrap(), b"\x09\x00half");
    assert_eq!(TapeReader::open(&path).unwrap().read_all().unwrap(), frames);
}

#[test]
fn a_writer_goes_on_behind_damage_and_leaves_it_where_it_is() {
    let frames: Vec<Frame> = (0..100).map(busy).collect();
    let (_folder, path) = written(&frames[..80]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[MAGIC.len() + 200] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let mut writer = TapeWriter::append(&path).unwrap();
    assert_eq!(writer.last_index(), Some(79));
    for frame in &frames[80..] {
        writer.write(frame).unwrap();
    }
    assert!(!path.with_extension("tape.torn").exists(), "what can be read is not thrown out");
    assert!(std::fs::read(&path).unwrap().starts_with(&bytes));
    let (read, gaps) = TapeReader::open(&path).unwrap().read_readable().unwrap();
    assert_eq!(gaps.len(), 1);
    let first = read.iter().position(|frame| frame.index > 10).unwrap();
    assert!(read[first..] == frames[read[first].index as usize..], "all behind the damage");
}

#[test]
fn another_file_is_no_tape() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "dear diary, today").unwrap();
    assert!(matches!(TapeReader::open(&path), Err(TapeError::NotATape { .. })));
    assert!(TapeWriter::append(&path).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"dear diary, today");
}

#[test]
fn a_tape_in_memory_gives_what_one_on_disk_gives() {
    let frames: Vec<Frame> = (0..100).map(busy).collect();
    let mut reader = TapeReader::in_memory(frames.clone());
    assert_eq!((reader.len(), reader.number(61), reader.below(61)), (100, Some(61), 61));
    assert_eq!(reader.frames(61, 75).unwrap(), frames[61..=75]);
    assert_eq!(reader.frames(99, 5_000).unwrap(), frames[99..]);
    assert_eq!(reader.digest().unwrap(), digest(&frames));
    assert!(TapeReader::in_memory([]).frames(0, 9).unwrap().is_empty());
}

#[test]
fn damage_costs_no_more_than_the_frames_up_to_the_next_full_one() {
    let frames: Vec<Frame> = (0..100).map(busy).collect();
    let (_folder, path) = written(&frames);
    let mut reader = TapeReader::open(&path).unwrap();
    assert_eq!(reader.read_readable().unwrap(), (frames.clone(), Vec::new()));
    let offset = |index: usize| reader.marks[index].offset;
    let whole = std::fs::read(&path).unwrap();
    let cases = [
        // In the frame's bytes, in its header, in a full frame, in its length.
        (offset(40) + 20, 40, 60, "checksum of the frame"),
        (offset(40) + 5, 40, 60, "checksum of the header"),
        (offset(30) + 20, 30, 60, "checksum of the frame"),
        (offset(12), 12, 30, "checksum of the header"),
    ];
    for (at, first, next, what) in cases {
        let mut bytes = whole.clone();
        bytes[at as usize] ^= 0x40;
        std::fs::write(&path, &bytes).unwrap();
        let mut reader = TapeReader::open(&path).unwrap();
        let (read, gaps) = reader.read_readable().unwrap();
        let kept: Vec<Frame> = frames[..first].iter().chain(&frames[next..]).cloned().collect();
        assert_eq!(read, kept, "{at}");
        let gap =
            Gap { first: first as u32, last: Some(next as u32 - 1), offset: offset(first), what: what.to_owned() };
        assert_eq!(gaps, [gap], "{at}");
        // Any stretch across the hole.
        assert_eq!(
            reader.frames(first as u32 - 2, next as u32 + 1).unwrap(),
            [&frames[first - 2..first], &frames[next..next + 2],].concat()
        );
    }
    // Behind the last full frame all is lost, and what a crash left is no damage.
    let mut bytes = whole.clone();
    bytes[offset(95) as usize + 14] ^= 1;
    bytes.extend_from_slice(b"\x09\x00half");
    std::fs::write(&path, &bytes).unwrap();
    let (read, gaps) = TapeReader::open(&path).unwrap().read_readable().unwrap();
    assert_eq!((read.len(), gaps.len()), (95, 1));
    assert_eq!((gaps[0].first, gaps[0].last), (95, None));
    std::fs::write(&path, [&whole[..], b"\x09\x00half"].concat()).unwrap();
    assert_eq!(TapeReader::open(&path).unwrap().read_readable().unwrap(), (frames, Vec::new()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(frames in proptest::collection::vec(any_frame(), 0..40)) {
        let frames = in_order(frames);
        let (_folder, path) = written(&frames);
        prop_assert_eq!(TapeReader::open(&path).unwrap().read_all().unwrap(), frames);
    }

    #[test]
    fn a_cut_tape_gives_the_frames_before_the_cut(
        frames in proptest::collection::vec(any_frame(), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let frames = in_order(frames);
        let (_folder, path) = written(&frames);
        let whole = std::fs::read(&path).unwrap();
        let cut = cut.index(whole.len());
        std::fs::write(&path, &whole[..cut]).unwrap();
        let read = TapeReader::open(&path).unwrap().read_all().unwrap();
        prop_assert!(read.len() < frames.len());
        prop_assert_eq!(&read[..], &frames[..read.len()]);
        let mut writer = TapeWriter::append(&path).unwrap();
        for frame in &frames[read.len()..] {
            writer.write(frame).unwrap();
        }
        prop_assert_eq!(TapeReader::open(&path).unwrap().read_all().unwrap(), frames);
    }

    #[test]
    fn any_flipped_bit_is_found(
        frames in proptest::collection::vec(any_frame(), 1..6),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let frames = in_order(frames);
        let (_folder, path) = written(&frames);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, &bytes).unwrap();
        let found = TapeReader::open(&path).and_then(|mut reader| reader.read_all());
        prop_assert!(found.is_err(), "{found:?}");
        // Whatever can still be read is what was written; what cannot is named.
        if let Ok((read, gaps)) = TapeReader::open(&path).and_then(|mut reader| reader.read_readable()) {
            prop_assert!(read.len() < frames.len() && gaps.len() == 1, "{gaps:?}");
            prop_assert!(read.iter().all(|frame| frames.contains(frame)));
        }
    }
}
