"""What people agree to when they register, word for word, version after version.

A wording that was once shown never changes here: a new one gets a new version. The text itself is
kept with the person, so that what they read can be shown to them years later. These are not
catalogue entries on purpose: a better translation would rewrite what was agreed.
"""

from regions.languages import Texts

CURRENT = "2026-12-1"
READ_ALOUD = "2026-12-voix-1"  # to who registers by telephone
NEWS = "2026-12-news-1"  # apart from the registration, never ticked beforehand

WORDINGS: dict[str, Texts] = {
    "2026-12-1": Texts(
        fr=(
            "J’accepte que l’Office National Marocain du Tourisme utilise mon nom, mon établissement et "
            "sa catégorie, mon mobile et mon adresse électronique pour organiser cette rencontre et "
            "m’informer de ses suites. Conformément à la loi 09-08, je peux accéder à mes données, les "
            "faire rectifier ou m’opposer à leur traitement."
        ),
        # 09.08 with a point: a hyphen would turn the two numbers round between Arabic words.
        ar=(
            "أوافق على أن يستعمل المكتب الوطني المغربي للسياحة اسمي ومؤسستي وصنفها ورقم هاتفي المحمول "
            "وعنواني الإلكتروني من أجل تنظيم هذا اللقاء وإخباري بمآله. وطبقا للقانون رقم 09.08، يحق لي "
            "الولوج إلى معطياتي وتصحيحها والتعرض على معالجتها."
        ),
        en=(
            "I agree that the Moroccan National Tourist Office uses my name, my establishment and its "
            "category, my mobile number and my email address to organise this meeting and to inform me "
            "of its outcome. Under law 09-08 I may access my data, have them rectified or object to "
            "their processing."
        ),
    ),
    "2026-12-voix-1": Texts(
        fr=(
            "Vous acceptez que l’Office National Marocain du Tourisme utilise votre nom, votre établissement "
            "et sa catégorie, votre mobile et, si vous en donnez une, votre adresse électronique pour "
            "organiser cette rencontre et vous informer de ses suites. Conformément à la loi 09-08, vous "
            "pouvez accéder à vos données, les faire rectifier ou vous opposer à leur traitement."
        ),
        ar=(
            "توافقون على أن يستعمل المكتب الوطني المغربي للسياحة اسمكم ومؤسستكم وصنفها ورقم هاتفكم المحمول "
            "وعنوانكم الإلكتروني إن أعطيتموه، من أجل تنظيم هذا اللقاء وإخباركم بمآله. وطبقا للقانون رقم "
            "09.08، يحق لكم الولوج إلى معطياتكم وتصحيحها والتعرض على معالجتها."
        ),
        en=(
            "You agree that the Moroccan National Tourist Office uses your name, your establishment and its "
            "category, your mobile number and, if you give one, your email address to organise this meeting "
            "and to inform you of its outcome. Under law 09-08 you may access your data, have them rectified "
            "or object to their processing."
        ),
    ),
    "2026-12-news-1": Texts(
        fr=(
            "J’accepte de recevoir de l’Office National Marocain du Tourisme, par courriel, des nouvelles du "
            "plan de relance au-delà de cette rencontre. Je peux y mettre fin à tout moment."
        ),
        ar=(
            "أوافق على أن أتوصل من المكتب الوطني المغربي للسياحة، عبر البريد الإلكتروني، بأخبار مخطط الإنعاش "
            "بعد هذا اللقاء. ويمكنني إيقاف ذلك في أي وقت."
        ),
        en=(
            "I agree to receive from the Moroccan National Tourist Office, by email, news of the recovery "
            "plan beyond this meeting. I may end this at any time."
        ),
    ),
}


class UnknownWording(Exception):
    """Nobody was ever shown this version in this language."""


def wording(language: str, *, version: str = CURRENT) -> str:
    """The text that version showed in that language. Raises UnknownWording."""
    try:
        return WORDINGS[version][language]  # type: ignore[literal-required]
    except KeyError:
        raise UnknownWording(version) from None
