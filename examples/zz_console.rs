use vigie::{clock::Clock, config::{Config, Flags}, health::Perimeter, lang::{LangId}, session::{Session, Setup}, tui};
fn main() {
    color_eyre::install().ok();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let config = Config::load(&Flags { author: Some("m.durand/SAMU 59/log-keeper".into()), slow: args.iter().any(|a| a == "--slow"), ..Flags::default() }).unwrap();
    let clock = Clock::system();
    let lang: LangId = config.lang.value.as_deref().unwrap_or("fr").parse().unwrap();
    let options = tui::Options::new(&config, clock.clone(), lang);
    let setup = Setup::new(&config, clock, lang);
    let session = match args[0].as_str() {
        "open" => Session::open_real(setup, &args[1], Perimeter::Nation).unwrap(),
        "exercise" => { let s = vigie::network::find(&args[1], None).unwrap(); Session::new_exercise(setup, s, None, args[2].parse().unwrap(), Perimeter::Nation).unwrap() }
        _ => { let r = tui::launch(&config, &options, &Default::default(), &mut |c| Err(format!("{c:?}"))); println!("{:?}", r.map(|s| s.is_some())); return; }
    };
    let session = tui::run(session, &options).unwrap();
    session.close().unwrap();
    println!("closed");
}
