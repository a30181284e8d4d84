# Un message au public en projet CAP.
cap-restriction = Projet, à ne pas diffuser
cap-event = Panne des numéros d'urgence
cap-area-unknown = Zone non précisée
cap-note = { $mode }. Incident { $inc }. Rédigé avec vigie, qui ne diffuse rien.
cap-no-approval = Approuvé par personne.
cap-approved = Approuvé par { $who }.
cap-glass = Émis sans deux approbations : { $reason }
cap-none = aucun message au public dans cette main courante
cap-no-such = cette main courante a { $of } messages au public, pas { $number }
cap-not-actual-mode = seul un incident RÉEL a des messages réels
cap-not-actual-approvals = { $count } approbation(s) sur 2 par d'autres que l'auteur : l'approuver d'abord, ou dire pourquoi non avec --break-glass
