# Alarmes : une phrase par groupe. Arguments communs :
# $name nom de l'élément commun · $elements au plus huit noms · $count combien en tout · $seen $expected mesurés, attendus
# $days une fausse alarme en tant de jours pour toute la console.
health-alarm-national = Acheminement national : { $seen } des tentatives remises (attendu { $expected } au moins), numéros { $elements } ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-operator = Acheminement, opérateur { $name } : { $seen } des tentatives remises (attendu { $expected } au moins) ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-zone = Acheminement, { $elements } : { $seen } des tentatives remises (attendu { $expected } au moins) ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-software = Call servers, logiciel { $name } : { $seen } des appels qu'on leur confie progressent ({ $count } : { $elements }) ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-server = Call server { $elements } : { $seen } des appels qu'on lui confie progressent (attendu { $expected } au moins) ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-received = { $count ->
    [one] 1 centre sous l'attendu
   *[other] { $count } centres sous l'attendu
} : { $seen } reçus, { $expected } attendus ({ $elements }) ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-services = Réception nationale sous l'attendu, numéros { $elements } : { $seen } reçus, { $expected } attendus ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-silence = { $count ->
    [one] 1 centre muet
   *[other] { $count } centres sous l'attendu, dont muets
} : { $seen } reçus, { $expected } attendus ({ $elements }) ; fausse alarme : 1 en { $days } jours pour cette console
health-alarm-over = Fin d'alarme : { $what }
health-group-national = acheminement national
health-group-operator = opérateur { $name }
health-group-zone = { $elements }
health-group-software = call servers, logiciel { $name }
health-group-server = call server { $elements }
health-group-received = centres sous l'attendu ({ $elements })
