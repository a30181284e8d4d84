# Alarms: one sentence per group. Common arguments:
# $name name of the shared element · $elements at most eight names · $count how many in all · $seen $expected measured, expected
# $days one false alarm in so many days for the whole console.
health-alarm-national = National routing: { $seen } of attempts delivered (at least { $expected } expected), numbers { $elements }; false alarm: 1 in { $days } days for this console
health-alarm-operator = Routing, operator { $name }: { $seen } of attempts delivered (at least { $expected } expected); false alarm: 1 in { $days } days for this console
health-alarm-zone = Routing, { $elements }: { $seen } of attempts delivered (at least { $expected } expected); false alarm: 1 in { $days } days for this console
health-alarm-software = Call servers, software { $name }: { $seen } of the calls sent to them progress ({ $count }: { $elements }); false alarm: 1 in { $days } days for this console
health-alarm-server = Call server { $elements }: { $seen } of the calls sent to it progress (at least { $expected } expected); false alarm: 1 in { $days } days for this console
health-alarm-received = { $count ->
    [one] 1 centre below what it expects
   *[other] { $count } centres below what they expect
}: { $seen } received, { $expected } expected ({ $elements }); false alarm: 1 in { $days } days for this console
health-alarm-services = National reception below what is expected, numbers { $elements }: { $seen } received, { $expected } expected; false alarm: 1 in { $days } days for this console
health-alarm-silence = { $count ->
    [one] 1 silent centre
   *[other] { $count } centres below what they expect, some silent
}: { $seen } received, { $expected } expected ({ $elements }); false alarm: 1 in { $days } days for this console
health-alarm-over = Alarm over: { $what }
health-group-national = national routing
health-group-operator = operator { $name }
health-group-zone = { $elements }
health-group-software = call servers, software { $name }
health-group-server = call server { $elements }
health-group-received = centres below what they expect ({ $elements })
