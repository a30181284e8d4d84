# Alarmes : une phrase par groupe. Arguments communs :
# $name nom de l'élément commun · $elements au plus huit noms · $count combien en tout · $seen $expected mesurés, attendus
health-alarm-national = Acheminement national : { $seen } des tentatives remises (attendu { $expected } au moins), numéros { $elements }
health-alarm-operator = Acheminement, opérateur { $name } : { $seen } des tentatives remises (attendu { $expected } au moins)
health-alarm-zone = Acheminement, { $elements } : { $seen } des tentatives remises (attendu { $expected } au moins)
health-alarm-software = Call servers, logiciel { $name } : { $seen } des appels qu'on leur confie progressent ({ $count } : { $elements })
health-alarm-server = Call server { $elements } : { $seen } des appels qu'on lui confie progressent (attendu { $expected } au moins)
health-alarm-received = { $count ->
    [one] 1 centre sous l'attendu
   *[other] { $count } centres sous l'attendu
} : { $seen } reçus, { $expected } attendus ({ $elements })
health-alarm-services = Réception nationale sous l'attendu, numéros { $elements } : { $seen } reçus, { $expected } attendus
health-alarm-silence = { $count ->
    [one] 1 centre muet par moments
   *[other] { $count } centres sous l'attendu, certains muets par moments
} : { $seen } reçus, { $expected } attendus ({ $elements })
health-alarm-over = Fin d'alarme : { $what }
health-group-national = acheminement national
health-group-operator = opérateur { $name }
health-group-zone = { $elements }
health-group-software = call servers, logiciel { $name }
health-group-server = call server { $elements }
health-group-received = centres sous l'attendu ({ $elements })
