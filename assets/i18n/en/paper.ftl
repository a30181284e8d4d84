# The paper kit: log, playbooks, contacts, card of the first ten minutes.

paper-foot = To be entered afterwards, with the page
paper-log = Log
paper-page = Page { $page }
paper-log-head = Incident: _________________   Date: __________   Cell: __________   Log keeper: __________
paper-log-rules = Erase nothing: strike once, initial, write again. Leave no line blank. Facts; an assumption is called one. Written more than five minutes later: say why.
paper-column-fact = Fact
paper-column-written = Written
paper-column-from = From → to
paper-column-text = Text (information, decision, action, message)
paper-column-checked = Checked
paper-column-who = Initials
paper-column-entered = Entered
paper-card = The first ten minutes
paper-card-about = The steps due within ten minutes, all playbooks together. Then: open the playbooks.
paper-card-1 = Write the first line: time of the fact, time of writing, who said it, which numbers, where.
paper-card-2 = Say aloud: REAL or EXERCISE; tick the box at the top of every page.
paper-card-3 = Name three people: who directs, who writes, who speaks to the outside.
paper-card-4 = Set the time of the next briefing (20 to 30 minutes).
paper-clocks = Clocks, counted from awareness of the incident
paper-clock-label = What
paper-clock-authority = To whom
paper-clock-due = Within
paper-at-once = as soon as known
paper-months = { $n ->
    [one] 1 month
   *[other] { $n } months
}
paper-version = Version
paper-version-of = { $version }, digest { $hash }
paper-exercised = Exercised on
paper-valid = To be reviewed by
paper-never = never
paper-sources = Sources
paper-at-most = { $time } at most
paper-sign-two = 2 signatures
paper-sign-director = director signs
paper-always = otherwise
paper-branch = → { $when }: “{ $to }”
paper-done = Done at ______  by ____________   Effect seen at ______
paper-contacts = Contacts
paper-contacts-about = Every call is a test: note the time, who answered, and enter it afterwards.
paper-contact-role = For what
paper-contact-organisation = Organisation, name
paper-contact-means = Means
paper-contact-tested = Tested on
paper-contact-called = Called at, answer
paper-stale = { $day } TO BE TESTED
