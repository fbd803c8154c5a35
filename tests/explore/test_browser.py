"""The page in a browser: needs Playwright, and a Chromium of the system.

`pip install 'w2vfast[browser]'` and, for example, `apt-get install chromium`.
"""

import os
import shutil

import pytest

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs playwright: pip install 'w2vfast[browser]'"
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium is installed: none of {', '.join(NAMES)}"
)

WIDTHS = (360, 800, 1400)
#: What a person sees of the answer.
ROWS = "#results tbody tr"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(wv, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    wv.explore(path)
    return path.as_uri()


@pytest.fixture(scope="module")
def compared(wv, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "compared.html"
    vectors = wv.vectors.copy()
    vectors[20] = -vectors[20]
    other = wv.subset(wv.index_to_key)
    other.vectors = vectors
    wv.explore(path, compare=other, names=("old", "new"))
    return path.as_uri()


@pytest.fixture
def open_page(browser):
    """Return a function that opens an address; afterwards no error may be there."""
    contexts, errors, requests = [], [], []

    def open_address(address, width=1400, **options):
        options.setdefault("reduced_motion", "reduce")
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)  # a busy machine
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert not errors
    assert not [url for url in requests if not url.startswith(("file:", "data:"))]


def words(page):
    return page.locator("#results td.word").all_inner_texts()


def test_search_with_the_keyboard(wv, open_page, address):
    page = open_page(address)
    field = page.get_by_role("combobox", name="Word")
    field.press_sequentially("KIN")
    assert page.get_by_role("option").all_inner_texts()[0].split() == ["king", "#2"]
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    field.press("Enter")
    exact = [word for word, _ in wv.most_similar("king", topn=10)]
    assert words(page)[0] == exact[0] and len(set(words(page)) & set(exact)) >= 8
    cosines = page.locator(f"{ROWS} td.number:nth-child(3)").all_inner_texts()
    exact = [cosine for _, cosine in wv.most_similar("king", topn=10)]
    assert [float(text) for text in cosines] == pytest.approx(exact, abs=0.006)
    assert page.url.endswith("#word=king")
    assert page.get_by_role("status").inner_text().startswith("Nearest to king")
    field.press("Escape")
    assert page.get_by_role("listbox").count() == 0


def test_links_history_and_unknown_words(open_page, address):
    page = open_page(f"{address}#word=queen")
    assert page.locator("h2").inner_text() == "queen"
    page.locator("#results a").first.click()
    assert page.locator("h2").inner_text() != "queen"
    page.go_back()
    page.wait_for_function("document.querySelector('h2').textContent === 'queen'")
    page.goto(f"{address}#word=elan")  # neither case nor accents matter
    page.wait_for_function("document.querySelector('h2').textContent === 'Élan'")
    page.goto(f"{address}#word=quee")
    page.get_by_text("“quee” is not among the 300 words").wait_for()
    assert words(page) == []
    field = page.get_by_role("combobox", name="Word")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    field.press_sequentially("n")
    assert field.get_attribute("aria-invalid") is None


def test_analogy_and_comparison(open_page, address):
    page = open_page(address)
    page.get_by_role("tab", name="Neighbours").press("ArrowRight")
    for label, word in (("Word a", "man"), ("word b", "king"), ("word c", "woman")):
        page.get_by_label(label).fill(word)
    page.get_by_label("word c").press("Enter")
    assert page.locator("h2").inner_text() == "man is to king as woman is to queen"
    assert page.url.endswith("#a=man&b=king&c=woman")
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label("First word").fill("king")
    page.get_by_label("second word").fill("man")
    page.get_by_role("button", name="Compare", exact=True).click()
    assert "man is neighbour" in page.locator("#results .muted").inner_text()
    assert len(words(page)) == 10


def test_map_zooms_pans_and_picks(open_page, address):
    page = open_page(address)
    canvas = page.locator("canvas")
    before = canvas.screenshot()
    page.get_by_role("button", name="Zoom in").click()
    zoomed = canvas.screenshot()
    canvas.hover()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(50)
    assert len({before, zoomed, canvas.screenshot()}) == 3
    page.get_by_role("button", name="All: Show all words").click()
    canvas.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert "Nearest to the middle: " in page.get_by_role("status").inner_text()
    page.keyboard.press("Enter")
    assert len(words(page)) == 10
    page.goto(f"{address}#word=king")
    box = canvas.bounding_box()
    page.keyboard.press("0")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("h2").count() == 1


def test_copy_gives_a_table(open_page, address):
    page = open_page(
        f"{address}#word=king", permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_role("button", name="Copy table").click()
    page.get_by_text("The table is copied.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines[0] == ["#", "word", "cosine"] and len(lines) == 11
    assert [line[1] for line in lines[1:]] == words(page)


def test_hostile_words_are_shown_as_text(hostile, tmp_path, open_page):
    hostile.explore(tmp_path / "page.html", names=("<img src=x>",))
    page = open_page((tmp_path / "page.html").as_uri())
    shown = [word for word in hostile.index_to_key[5:18] if word.strip()]
    for word in shown:
        page.get_by_role("combobox", name="Word").fill(word)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    page.locator("#rows").select_option("50")
    assert page.title() == "<img src=x> – word vectors"
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3
    assert "<!--<script>" in words(page)
    # By links, also words that neither an address nor a field can hold.
    for text in ("tab␉and␊newline", "(empty word)", "␠", "\ufffd"):
        page.goto(f"{page.url.split('#')[0]}#word=king")
        page.locator("#results a", has_text=text).first.click()
        assert page.locator("h2").inner_text() == text


def test_two_models_side_by_side(open_page, compared):
    page = open_page(f"{compared}#word=king")
    assert page.locator("caption").all_inner_texts() == ["old", "new"]
    assert page.locator("canvas").count() == 2
    page.get_by_role("tab", name="Moved").click()
    page.get_by_role("button", name="Show", exact=True).click()
    assert words(page)[0] == "word15"  # row 20
    assert float(page.locator(f"{ROWS} td.number").nth(1).inner_text()) < 0


def test_theme_follows_the_system_until_the_button_is_pressed(open_page, address):
    page = open_page(address, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    light = page.evaluate(ground)
    assert (dark, light) == ("rgb(20, 23, 27)", "rgb(255, 255, 255)")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(ground) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(open_page, address, compared, scheme, tmp_path):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="needs axe-playwright-python: pip install 'w2vfast[browser]'",
    )
    for link, width in (
        (f"{address}#a=man&b=king&c=woman", 1400),
        (f"{compared}#compare=king&with=man", 360),
    ):
        page = open_page(link, width, color_scheme=scheme)
        page.wait_for_selector("#results table")
        page.locator("#panels form:visible input").first.press("ArrowDown")
        page.locator("[role=listbox]:visible").wait_for()
        page.get_by_text("About this page").click()
        # The schemes differ in colours alone.
        rules = ["color-contrast"] if scheme == "dark" else None
        found = (
            axe.Axe().run(page, options={"runOnly": rules} if rules else {}).response
        )
        assert len(found["passes"]) >= (1 if rules else 20)
        assert not [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_page(open_page, address, compared, width):
    """With W2VFAST_SCREENSHOTS=folder, keep pictures of the page to look at."""
    folder = os.environ.get("W2VFAST_SCREENSHOTS")
    for name, start in (("one", address), ("two", compared)):
        page = open_page(f"{start}#word=king", width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("light", "dark") if folder else ():
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png")
