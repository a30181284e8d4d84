# Mots communs à toutes les salles.
