# Alarmes : une phrase par groupe. Arguments communs :
# $name nom de l'élément commun · $elements au plus huit noms · $count combien en tout · $seen $expected mesurés, attendus
# $window la fenêtre de la mesure et ses nombres ; le pire élément est nommé d'abord, avec son état
health-window = { $n } sur { $of } en { $minutes } min
health-window-young = depuis { $since } ; sur 30 min : { $seen } reçus, { $expected } attendus
health-window-calls = en { $minutes } min
health-alarm-national = Acheminement national : { $seen } d'échecs ({ $window } ; seuil { $expected }), numéros { $elements }
health-alarm-operator = Acheminement, opérateur { $name } : { $seen } d'échecs ({ $window } ; seuil { $expected })
health-alarm-zone = Acheminement, { $elements } : { $seen } d'échecs dans le département ({ $window } ; seuil { $expected })
health-alarm-software = Call servers, logiciel { $name } : { $seen } des appels progressent ({ $window } ; seuil { $expected }), { $count } touchés : { $elements }
health-alarm-server = Call server { $elements } : { $seen } des appels progressent ({ $window } ; seuil { $expected })
health-alarm-received = { $count ->
    [one] 1 centre sous l'attendu
   *[other] { $count } centres sous l'attendu
} : { $seen } reçus, { $expected } attendus { $window } ({ $elements })
health-alarm-services = Réception nationale sous l'attendu, numéros { $elements } : { $seen } reçus, { $expected } attendus { $window }
health-alarm-silence = { $count ->
    [one] 1 centre muet par moments
   *[other] { $count } centres sous l'attendu, certains muets par moments
} : { $seen } reçus, { $expected } attendus { $window } ({ $elements })
health-alarm-over = Fin d'alarme : { $what }, calme depuis { $minutes } min
health-group-national = acheminement national
health-group-operator = opérateur { $name }
health-group-zone = { $elements }
health-group-software = call servers, logiciel { $name }
health-group-server = call server { $elements }
health-group-received = centres sous l'attendu ({ $elements })
