"""English words of files and encoders as data: what each says of the four moods and of the axes.

Words are as ``axes.tidy`` leaves them. A mood word of a file ("calm", "party") says its mood outright; a genre says
what most of its music is like.

Artists that listeners gave such a tag (HetRec 2011 Last.fm), by the mean valence and arousal of their songs (Deezer's
mood data): the rank correlation of a word's weight with the mean of its artists is .74 for valence (32 words of eight
artists or more) and .77 for arousal (39).
"""

from collections.abc import Mapping

from musicdesk.records import Axis, Mood

SAID, LIKELY, HINTED = 2.5, 1.2, 0.6
"""Log-odds for a mood: the word names it; most such music has it; it has it more often than other music."""


def _at(**told: str) -> dict[str, float]:
    sizes = {"said": SAID, "likely": LIKELY, "hinted": HINTED}
    return {word.strip(): sizes[how] for how, words in told.items() for word in words.split(",")}


FILE_MOODS: Mapping[Mood, Mapping[str, float]] = {
    Mood.ENERGETIC: _at(
        said="energetic, energy, powerful, aggressive, intense, angry, fierce, rousing, workout, driving",
        likely="""metal, heavy metal, death metal, black metal, thrash metal, power metal, speed metal, metalcore,
            grindcore, hardcore, hard rock, punk, punk rock, industrial, drum and bass, drum n bass, hardstyle, gabber,
            techno, breakcore, big beat, dubstep, jungle""",
        hinted="""rock, grunge, alternative rock, garage rock, nu metal, progressive metal, electro, house, trance, edm,
            dance, rap, fast, loud""",
    ),
    Mood.CALM: _at(
        said="""calm, calming, relaxing, relaxed, relax, relaxation, peaceful, serene, mellow, meditation, meditative,
            soothing, quiet, gentle, chill, chillout, chill out, sleep, tranquil""",
        likely="ambient, new age, lounge, downtempo, lullaby, easy listening, drone, lo fi, lofi",
        hinted="""acoustic, folk, bossa nova, smooth jazz, soft rock, singer songwriter, impressionism, piano, choral,
            slow, soft, trip hop, classical""",
    ),
    Mood.HAPPY: _at(
        said="happy, cheerful, joyful, upbeat, fun, party, feel good, uplifting, sunny, playful, cheery, merry",
        likely="""disco, polka, ska, samba, swing, bubblegum pop, children, children's music, comedy, calypso, soca,
            cumbia, happy hardcore""",
        hinted="""pop, dance, funk, reggae, salsa, latin, dance pop, rock and roll, rockabilly, surf, afrobeat,
            christmas, soul, motown""",
    ),
    Mood.SAD: _at(
        said="""sad, melancholy, melancholic, sorrow, sorrowful, depressing, depressive, gloomy, mournful, heartbreak,
            tragic""",
        likely="""doom metal, funeral doom, slowcore, sadcore, requiem, lament, dark ambient, fado, dark wave, darkwave,
            elegy""",
        hinted="""blues, gothic, emo, goth, shoegaze, post rock, singer songwriter, ballad, minor, gothic rock, wistful,
            nostalgic""",
    ),
}  # fmt: skip

AXIS_WORDS: Mapping[Axis, Mapping[str, float]] = {
    Axis.AROUSAL: {
        "energetic": 1.0, "aggressive": 1.0, "intense": 0.8, "powerful": 0.8, "angry": 0.9, "party": 0.7, "upbeat": 0.6,
        "metal": 0.8, "heavy metal": 0.8, "death metal": 1.0, "black metal": 0.9, "thrash metal": 1.0, "punk": 0.8,
        "hard rock": 0.7, "hardcore": 0.9, "techno": 0.6, "drum and bass": 0.7, "industrial": 0.7, "dance": 0.5,
        "house": 0.4, "rock": 0.4, "electro": 0.4, "fast": 0.6, "loud": 0.6, "drums": 0.3, "trance": 0.4, "ska": 0.5,
        "calm": -1.0, "relaxing": -1.0, "peaceful": -1.0, "mellow": -0.8, "chill": -0.8, "chillout": -0.7, "sad": -0.4,
        "ambient": -0.9, "new age": -0.9, "quiet": -0.9, "soft": -0.7, "slow": -0.7, "meditation": -1.0, "folk": -0.4,
        "easy listening": -0.6, "acoustic": -0.5, "classical": -0.5, "lounge": -0.6, "downtempo": -0.6, "sleep": -1.0,
        "jazz": -0.3, "singer songwriter": -0.5, "melancholy": -0.6, "harp": -0.5, "piano": -0.3, "drone": -0.8,
    },
    Axis.VALENCE: {
        "happy": 1.0, "joyful": 1.0, "cheerful": 1.0, "fun": 0.9, "party": 0.7, "upbeat": 0.8, "feel good": 0.9,
        "uplifting": 0.7, "disco": 0.5, "dance": 0.4, "funk": 0.5, "soul": 0.3, "reggae": 0.5, "ska": 0.5, "pop": 0.3,
        "swing": 0.5, "latin": 0.4, "samba": 0.5, "motown": 0.4, "catchy": 0.4, "60s": 0.2, "major": 0.2,
        "sad": -1.0, "melancholy": -0.8, "melancholic": -0.8, "dark": -0.6, "gloomy": -0.9, "depressing": -1.0,
        "depressive": -1.0, "angry": -0.6, "doom metal": -0.7, "black metal": -0.7, "death metal": -0.6, "gothic": -0.5,
        "dark ambient": -0.7, "metal": -0.3, "slowcore": -0.6, "industrial": -0.4, "post rock": -0.3, "minor": -0.2,
        "blues": -0.1, "emo": -0.3,
    },
    Axis.ACOUSTICNESS: {
        "acoustic": 1.0, "classical": 1.0, "folk": 0.7, "piano": 0.7, "strings": 0.6, "violin": 0.8, "cello": 0.9,
        "harp": 0.8, "harpsichord": 0.9, "flute": 0.7, "guitar": 0.3, "choir": 0.6, "opera": 0.8, "solo": 0.6,
        "sitar": 0.5, "country": 0.4, "bluegrass": 0.9, "jazz": 0.4, "singer songwriter": 0.6, "bossa nova": 0.6,
        "chamber": 0.9, "chamber music": 0.9, "baroque": 0.9, "a cappella": 0.8, "celtic": 0.6, "blues": 0.2,
        "orchestral": 0.7, "soft": 0.3, "unplugged": 1.0, "classic": 0.6, "quiet": 0.4,
        "electronic": -1.0, "electronica": -0.9, "electro": -0.9, "techno": -1.0, "house": -1.0, "trance": -1.0,
        "synth": -0.9, "dance": -0.8, "metal": -0.8, "heavy metal": -0.8, "death metal": -0.9, "industrial": -0.9,
        "hard rock": -0.7, "rock": -0.5, "punk": -0.7, "beat": -0.6, "drums": -0.4, "hip hop": -0.6, "rnb": -0.4,
        "drum and bass": -1.0, "dubstep": -1.0, "chiptune": -1.0, "ambient": -0.3, "edm": -1.0, "loud": -0.5,
        "idm": -1.0, "synthpop": -1.0, "synth pop": -1.0, "noise": -0.8, "black metal": -0.9, "alternative rock": -0.5,
    },
    Axis.BRIGHTNESS: {"bright": 0.8, "dark": -0.8, "warm": -0.5},
    Axis.TEMPO: {
        "fast": 1.0, "upbeat": 0.4, "punk": 0.5, "drum and bass": 0.8, "thrash metal": 0.7, "speed metal": 0.8,
        "techno": 0.4, "hardcore": 0.6, "ska": 0.4, "polka": 0.4, "bluegrass": 0.5, "trance": 0.4,
        "slow": -1.0, "ballad": -0.7, "downtempo": -0.8, "doom metal": -0.9, "ambient": -0.6, "drone": -0.9,
        "lullaby": -0.7, "slowcore": -0.9, "mellow": -0.3, "trip hop": -0.4, "quiet": -0.3, "soft": -0.3, "calm": -0.3,
    },
    Axis.VOCALNESS: {
        "vocals": 1.0, "vocal": 1.0, "voice": 1.0, "singing": 1.0, "male vocalists": 0.5, "female vocalists": 0.3,
        "female vocalist": 0.3, "female vocal": 0.8, "male vocal": 0.8, "female voice": 0.8, "male voice": 0.8,
        "choir": 0.2, "choral": 0.5, "opera": 0.2, "a cappella": 1.0, "rap": 0.9, "hip hop": 0.4, "chanson": 0.8,
        "singer songwriter": 0.8, "spoken word": 0.9, "gospel": 0.8, "musical": 0.7,
        "instrumental": -1.0, "no vocals": -1.0, "no vocal": -1.0, "no voice": -1.0, "ambient": -0.3, "drone": -0.7,
        "soundtrack": -0.5, "orchestral": -0.7, "post rock": -0.6, "idm": -0.6, "chamber music": -0.7,
    },
}  # fmt: skip
