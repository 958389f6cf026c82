"""What words say of each other as data: what goes with what and against what, which moods they name, other tongues.

Words stand as ``plain_words.said`` leaves them. The directions are those of arousal, valence and tempo (Russell, 1980;
Juslin & Laukka, 2003): what is calm is quiet, soft and mellow and neither loud nor fast.
"""

from collections.abc import Mapping

from musicdesk.records import Axis, Mood

GOES_WITH: Mapping[str, Mapping[str, float]] = {
    "vocals": {"female voice": 0.5, "male voice": 0.5, "choir": 0.3, "no vocals": -1.0, "instrumental": -1.0},
    "no vocals": {"instrumental": 1.0, "vocals": -1.0, "female voice": -0.5, "male voice": -0.5, "choir": -0.3},
    "instrumental": {"no vocals": 1.0, "vocals": -0.7, "female voice": -0.5, "male voice": -0.5, "choir": -0.3},
    "slow": {"fast": -0.5}, "fast": {"slow": -0.5},
    "quiet": {"loud": -0.5, "soft": 0.3}, "soft": {"loud": -0.3, "quiet": 0.3}, "loud": {"quiet": -0.5, "soft": -0.3},
    "calm": {"quiet": 0.6, "soft": 0.6, "mellow": 0.8, "chill": 0.6, "ambient": 0.4, "loud": -0.5, "fast": -0.3},
    "relaxing": {"chill": 0.8, "mellow": 0.8, "easy listening": 0.6, "soft": 0.4, "ambient": 0.4, "loud": -0.5},
    "peaceful": {"quiet": 0.7, "soft": 0.6, "ambient": 0.6, "new age": 0.4, "loud": -0.5},
    "energetic": {"fast": 0.7, "loud": 0.7, "party": 0.4, "dance": 0.3, "quiet": -0.5, "slow": -0.5},
    "aggressive": {"metal": 0.7, "heavy metal": 0.7, "loud": 0.7, "hard rock": 0.5, "punk": 0.4, "soft": -0.4},
    "powerful": {"loud": 0.8, "hard rock": 0.4, "metal": 0.4, "soft": -0.3},
    "happy": {"party": 0.3, "catchy": 0.3, "sad": -0.5}, "joyful": {"happy": 1.0, "party": 0.3, "sad": -0.5},
    "sad": {"slow": 0.2, "happy": -0.5, "party": -0.3}, "melancholic": {"sad": 1.0, "mellow": 0.3, "party": -0.4},
    "romantic": {"beautiful": 0.5, "sexy": 0.5, "soft": 0.4, "slow": 0.3}, "tender": {"soft": 0.8, "beautiful": 0.4},
    "dreamy": {"ambient": 0.7, "mellow": 0.5, "beautiful": 0.3, "soft": 0.3},
    "solemn": {"choir": 0.7, "classical": 0.5},
    "acoustic": {"electronic": -0.4, "electro": -0.3, "synth": -0.3},
    "electronic": {"acoustic": -0.3, "electro": 0.3},
    "rap": {"hip-hop": 1.0}, "orchestra": {"classical": 0.8, "strings": 0.8, "instrumental": 0.3},
    "percussion": {"drums": 1.0, "beats": 0.4}, "electric guitar": {"guitar": 0.8, "rock": 0.6, "acoustic": -0.3},
    "acoustic guitar": {"guitar": 0.8, "acoustic": 0.8, "folk": 0.3}, "saxophone": {"jazz": 0.8, "soul": 0.2},
    "trumpet": {"jazz": 0.7}, "organ": {"classical": 0.4, "choir": 0.2}, "bass": {"funk": 0.4, "beats": 0.4},
    "dark": {"sad": 0.3, "happy": -0.4, "ambient": 0.2}, "bright": {"happy": 0.3},
}  # fmt: skip
"""Word → the words that speak for it beside itself, and against it (below 0)."""

FEELS: Mapping[str, Mapping[Mood | Axis, float]] = {
    "calm": {Mood.CALM: 1.0}, "relaxing": {Mood.CALM: 1.0}, "peaceful": {Mood.CALM: 1.0}, "chill": {Mood.CALM: 0.7},
    "mellow": {Mood.CALM: 0.7}, "quiet": {Axis.AROUSAL: -0.7}, "soft": {Axis.AROUSAL: -0.5},
    "energetic": {Mood.ENERGETIC: 1.0}, "aggressive": {Mood.ENERGETIC: 1.0}, "powerful": {Mood.ENERGETIC: 0.7},
    "loud": {Axis.AROUSAL: 0.7}, "party": {Mood.HAPPY: 0.5, Axis.AROUSAL: 0.5}, "happy": {Mood.HAPPY: 1.0},
    "joyful": {Mood.HAPPY: 1.0}, "playful": {Mood.HAPPY: 0.7}, "uplifting": {Mood.HAPPY: 0.7}, "sad": {Mood.SAD: 1.0},
    "melancholic": {Mood.SAD: 1.0}, "nostalgic": {Mood.SAD: 0.5}, "slow": {Axis.TEMPO: -1.0}, "fast": {Axis.TEMPO: 1.0},
    "bright": {Axis.BRIGHTNESS: 1.0}, "dark": {Axis.BRIGHTNESS: -0.7, Axis.VALENCE: -0.7},
    "warm": {Axis.BRIGHTNESS: -0.7}, "acoustic": {Axis.ACOUSTICNESS: 1.0}, "electronic": {Axis.ACOUSTICNESS: -0.7},
    "vocals": {Axis.VOCALNESS: 1.0}, "no vocals": {Axis.VOCALNESS: -1.0}, "instrumental": {Axis.VOCALNESS: -1.0},
}  # fmt: skip
"""Word → the moods and axes by which it is felt."""

_TOLD = {
    "sad": "traurig traurige trauriges triste tristes triston tristesse",
    "slow": "langsam langsame langsames lent lente lento lenta",
    "fast": "schnell schnelle schnelles rapide rapido rapida",
    "quiet": "leise ruhig ruhige ruhiges silencieux tranquilo tranquila",
    "calm": "entspannt entspannte calme calmes calmado",
    "loud": "laut laute lautes bruyant fort ruidoso",
    "happy": "froh frohlich frohliche frohliches heureux joyeux joyeuse alegre feliz",
    "dark": "dunkel dunkle duster sombre oscuro",
    "energetic": "energisch energetisch energique energico",
    "beautiful": "schon schone beau belle hermoso hermosa bonito",
    "piano": "klavier",
    "guitar": "gitarre gitarren guitare guitarra",
    "violin": "geige violine violon violin",
    "strings": "streicher cordes cuerdas",
    "flute": "flote flauta",
    "cello": "violoncelle violonchelo",
    "harp": "harfe harpe arpa",
    "drums": "schlagzeug trommeln batterie tambours bateria",
    "organ": "orgel orgue organo",
    "trumpet": "trompete trompette trompeta",
    "saxophone": "saxophon sax saxo saxofon",
    "orchestra": "orchester orchestre orquesta",
    "choir": "chor chore choeur chorale coro",
    "vocals": "gesang stimme stimmen voix chant voz voces sung singer",
    "female voice": "frauenstimme sangerin chanteuse cantante",
    "male voice": "mannerstimme sanger chanteur",
    "instrumental": "instrumentale instrumentals",
    "classical": "klassik klassisch klassische classique clasica",
    "dance": "tanzbar tanzmusik danse baile",
    "electronic": "elektronisch elektronische electronique electronica electronico",
    "folk": "volksmusik folklore",
    "rap": "rapper",
}
ELSEWHERE: Mapping[str, str] = {word: said for said, words in _TOLD.items() for word in words.split()}
"""What people say in German, French and Spanish, without accents → the English word."""

_NOTHING = """
    a an and any are as at be but by for from has have i in into is it its like me more music my of on or some something
    song songs sound sounds that the this to track tracks tune tunes very want with you your
    und mit der die das den ein eine fur musik lied lieder et avec le la les un une des musique chanson de du en
    y con el los las una musica cancion
"""
SAY_NOTHING = frozenset(_NOTHING.split())
"""Words by which nothing is asked for."""
