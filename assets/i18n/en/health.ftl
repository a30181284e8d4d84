# Alarms: one sentence per group. Common arguments:
# $name name of the shared element · $elements at most eight names · $count how many in all · $seen $expected measured, expected
# $window the window of the figure and its counts; the worst element is named first, with its state
health-window = { $n } of { $of } in { $minutes } min
health-window-young = since { $since }; over 30 min: { $seen } received, { $expected } expected
health-window-calls = in { $minutes } min
health-alarm-national = National routing: { $seen } fail ({ $window }; limit { $expected }), numbers { $elements }
health-alarm-operator = Routing, operator { $name }: { $seen } fail ({ $window }; limit { $expected })
health-alarm-zone = Routing, { $elements }: { $seen } fail in the département ({ $window }; limit { $expected })
health-alarm-software = Call servers, software { $name }: { $seen } of calls progress ({ $window }; limit { $expected }), { $count } hit: { $elements }
health-alarm-server = Call server { $elements }: { $seen } of calls progress ({ $window }; limit { $expected })
health-alarm-received = { $count ->
    [one] 1 centre below what it expects
   *[other] { $count } centres below what they expect
}: { $seen } received, { $expected } expected { $window } ({ $elements })
health-alarm-services = National reception below what is expected, numbers { $elements }: { $seen } received, { $expected } expected { $window }
health-alarm-silence = { $count ->
    [one] 1 centre silent at times
   *[other] { $count } centres below what they expect, some silent at times
}: { $seen } received, { $expected } expected { $window } ({ $elements })
health-alarm-over = Alarm over: { $what }, calm for { $minutes } min
health-group-national = national routing
health-group-operator = operator { $name }
health-group-zone = { $elements }
health-group-software = call servers, software { $name }
health-group-server = call server { $elements }
health-group-received = centres below what they expect ({ $elements })
