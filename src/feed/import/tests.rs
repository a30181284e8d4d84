use super::*;

const CSV: &str = include_str!("../../../tests/data/import/main-courante.csv");
const MAPPING: &str = include_str!("../../../tests/data/import/main-courante.toml");

fn mapped(mapping: &str, csv: &str) -> Result<Vec<ImportedLine>, ImportErrors> {
    import("log.csv", csv, &Mapping::parse("mapping.toml", mapping).unwrap())
}

#[test]
fn the_example_of_the_documentation_is_read_whole() {
    let lines = mapped(MAPPING, CSV).unwrap();
    assert_eq!(lines.len(), 5);
    let first = &lines[0];
    assert_eq!(first.line, 2);
    assert_eq!(first.event_at.to_rfc3339(), "2021-06-02T16:50:00+02:00");
    assert_eq!(first.entry_at.unwrap().to_rfc3339(), "2021-06-02T17:02:00+02:00");
    assert_eq!(first.author.as_deref(), Some("historien"));
    assert!(matches!(&first.body, Body::Information(s) if s.source == "SAMU 59"));
    assert_eq!(lines[1].precision, Precision::About);
    assert_eq!(lines[1].body.text(), "Appels coupés ; \"plusieurs essais\" disent les appelants");
    assert_eq!(
        lines.iter().map(|line| line.body.kind()).collect::<Vec<_>>(),
        ["information", "information", "decision", "message", "note"]
    );
    assert!(matches!(&lines[3].body, Body::Message { to, from, .. } if to == "Préfecture" && from.is_empty()));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{FEFF}{}", CSV.replace('\n', "\r\n"));
    assert_eq!(mapped(MAPPING, &windows).unwrap(), mapped(MAPPING, CSV).unwrap());
}

#[test]
fn times_without_date_go_on_past_midnight() {
    let mapping = "delimiter = \",\"\nheader = false\nzone = \"Europe/Paris\"\ndate = 2021-06-02\n\
                   [columns]\nevent_time = 1\ntext = 2\n[formats]\nevent_time = \"%H:%M\"\n";
    let lines = mapped(mapping, "23:50,before\n00:10,after\n00:05,a little earlier\n").unwrap();
    let days: Vec<String> = lines.iter().map(|line| line.event_at.format("%d %H:%M").to_string()).collect();
    assert_eq!(days, ["02 23:50", "03 00:10", "03 00:05"]);
}

#[test]
fn an_entry_late_in_the_evening_is_not_before_its_fact() {
    let mapping = "delimiter = \",\"\nheader = false\nzone = \"Europe/Paris\"\n[columns]\nevent_time = 1\nentry_time = 2\n\
                   text = 3\n[formats]\nevent_time = \"%d/%m/%Y %H:%M\"\nentry_time = \"%H:%M\"\n";
    let lines =
        mapped(mapping, "02/06/2021 08:00,21:30,seen in the morning\n02/06/2021 22:00,06:00,the next day\n").unwrap();
    let days: Vec<String> = lines.iter().map(|line| line.entry_at.unwrap().format("%d %H:%M").to_string()).collect();
    assert_eq!(days, ["02 21:30", "03 06:00"]);
}

#[test]
fn times_a_little_out_of_order_across_midnight_do_not_jump_a_day() {
    let mapping = "delimiter = \",\"\nheader = false\nzone = \"Europe/Paris\"\ndate = 2021-06-02\n\
                   [columns]\nevent_time = 1\nentry_time = 2\ntext = 3\n[formats]\nevent_time = \"%H:%M\"\n\
                   entry_time = \"%H:%M\"\n";
    let csv = "23:50,23:59,a\n00:05,00:06,b\n23:58,00:07,late\n00:10,00:10,c\n08:00,08:00,d\n07:40,08:01,e\n\
               22:00,22:00,f\n00:02,23:59,the clock of the writer was slow\n";
    let lines = mapped(mapping, csv).unwrap();
    let days: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {}", line.event_at.format("%d %H:%M"), line.entry_at.unwrap().format("%d %H:%M")))
        .collect();
    let wanted = [
        "02 23:50 02 23:59",
        "03 00:05 03 00:06",
        "02 23:58 03 00:07",
        "03 00:10 03 00:10",
        "03 08:00 03 08:00",
        "03 07:40 03 08:01",
        "03 22:00 03 22:00",
        "04 00:02 03 23:59",
    ];
    assert_eq!(days, wanted);
    // Before the first day nobody can tell: the line is named, and how to mend it.
    let errors = mapped(mapping, "00:05,00:06,b\n23:58,00:07,late\n").unwrap_err().to_string();
    assert_eq!(
        errors,
        "log.csv:2:1: 23:58 follows 00:05: the day before, or late the same day?; put the lines in order, or add a \
         column of dates"
    );
}

#[test]
fn an_offset_in_the_file_wins_over_the_zone() {
    let mapping =
        "zone = \"Europe/Paris\"\n[columns]\nevent_time = \"t\"\ntext = \"x\"\n[formats]\nevent_time = \"%+\"\n";
    let lines = mapped(mapping, "t;x\n2021-06-02T12:50:00-04:00;Guadeloupe\n").unwrap();
    assert_eq!(lines[0].event_at.to_rfc3339(), "2021-06-02T12:50:00-04:00");
}

#[test]
fn the_hour_that_does_not_exist_is_refused() {
    let mapping = "zone = \"Europe/Paris\"\n[columns]\nevent_time = \"t\"\ntext = \"x\"\n";
    let errors = mapped(mapping, "t;x\n28/03/2021 02:30;spring\n").unwrap_err();
    assert!(errors.to_string().contains("does not exist in Europe/Paris"), "{errors}");
}

#[test]
fn latin_1_is_named_with_its_line() {
    let errors = utf8("log.csv", b"a;b\nd\xE9cision;x\n").unwrap_err();
    assert_eq!(errors.to_string(), "log.csv:2:2: this is not UTF-8 text; save the file again as \"CSV UTF-8\"");
}

#[test]
fn the_delimiter_is_seen_when_the_mapping_does_not_say() {
    let mapping = "zone = \"Europe/Paris\"\n[columns]\nevent_time = \"t\"\ntext = \"x\"\n";
    for delimiter in [";", ",", "\t"] {
        let csv = format!("t{delimiter}x\n02/06/2021 16:50{delimiter}fall\n");
        assert_eq!(mapped(mapping, &csv).unwrap()[0].body.text(), "fall");
    }
}

#[test]
fn our_own_export_is_read_by_the_shipped_mapping() {
    let mapping = Mapping::shipped("vigie").unwrap().unwrap();
    let csv = "mode,incident,entry,kind,fact_time,precision,entry_time,wall_time,who,org,role,text\n\
               exercise,x,a:1,fact,2021-06-02T16:50:00.000+02:00,about,2021-06-02T17:02:00.000+02:00,\
               2026-11-23T10:00:00.000+01:00,ana,SAMU,historien,\"calls, falling\"\n\
               exercise,x,a:2,crossing,2021-06-02T17:03:00.000+02:00,exact,2021-06-02T17:03:00.000+02:00,\
               2026-11-23T10:00:00.000+01:00,vigie,vigie,machine,18 centres\n";
    let lines = import("log.csv", csv, &mapping).unwrap();
    assert_eq!(lines[0].precision, Precision::About);
    assert_eq!(lines[0].organisation.as_deref(), Some("SAMU"));
    assert_eq!(lines[0].event_at.to_rfc3339(), "2021-06-02T16:50:00+02:00");
    assert_eq!((lines[0].body.kind(), lines[1].body.kind()), ("fact", "note"));
}
