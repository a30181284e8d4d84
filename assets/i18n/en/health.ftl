# Alarms: one sentence per group. Common arguments:
# $name name of the shared element · $elements at most eight names · $count how many in all · $seen $expected measured, expected
health-alarm-national = National routing: { $seen } of attempts delivered (at least { $expected } expected), numbers { $elements }
health-alarm-operator = Routing, operator { $name }: { $seen } of attempts delivered (at least { $expected } expected)
health-alarm-zone = Routing, { $elements }: { $seen } of attempts delivered (at least { $expected } expected)
health-alarm-software = Call servers, software { $name }: { $seen } of the calls sent to them progress ({ $count }: { $elements })
health-alarm-server = Call server { $elements }: { $seen } of the calls sent to it progress (at least { $expected } expected)
health-alarm-received = { $count ->
    [one] 1 centre below what it expects
   *[other] { $count } centres below what they expect
}: { $seen } received, { $expected } expected ({ $elements })
health-alarm-services = National reception below what is expected, numbers { $elements }: { $seen } received, { $expected } expected
health-alarm-silence = { $count ->
    [one] 1 centre silent at times
   *[other] { $count } centres below what they expect, some silent at times
}: { $seen } received, { $expected } expected ({ $elements })
health-alarm-over = Alarm over: { $what }
health-group-national = national routing
health-group-operator = operator { $name }
health-group-zone = { $elements }
health-group-software = call servers, software { $name }
health-group-server = call server { $elements }
health-group-received = centres below what they expect ({ $elements })
