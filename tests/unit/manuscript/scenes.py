"""Invented photographs, and what people do to them before they stand in a manuscript: for the matching of pictures.

A scene is a hall, a street or a group before a banner, with people, shadows, blur and a sensor's noise. The same seed
with another moment is the same place with the people moved; `shift` moves the camera by a part of the frame.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 960, 720
_MARGIN = 120  # so much more of the world is drawn at each side, for cameras that move
_WORDS = "邻里情社区协商为民服务共建共治共享议事厅文明实践站重阳节志愿者幸福花园居民活动中心"


@dataclass(frozen=True, slots=True)
class View:
    """What one press of the button took: the place, the moment, and where the camera pointed (parts of the frame)."""

    place: int
    moment: int = 0
    shift: tuple[float, float] = (0.0, 0.0)


def siblings(place: int) -> list[View]:
    """Other photographs of the same place: a burst frame, seconds later, from another step, another event."""
    dice = random.Random(place * 7 + 1)

    def step(low: float, high: float) -> float:
        return dice.choice((-1, 1)) * dice.uniform(low, high)

    return [
        View(place, 1, (0.04 * dice.choice((-1, 1)), step(0.0, 0.02))),
        View(place, 2, (step(0.0, 0.015), step(0.0, 0.01))),
        View(place, 3, (step(0.05, 0.1), step(0.03, 0.06))),
        View(place, 40, (step(0.01, 0.05), step(0.01, 0.05))),
    ]


def photograph(view: View) -> Image.Image:
    """The photograph as the camera made it, 960 x 720."""
    place = random.Random(view.place)
    size = (WIDTH + 2 * _MARGIN, HEIGHT + 2 * _MARGIN)
    kind = (_hall, _street, _group)[view.place % 3]
    far, people = kind(place, size)
    image = far.filter(ImageFilter.GaussianBlur(1.2))
    _people(image, people, random.Random(view.place), view)
    left, top = _MARGIN + view.shift[0] * WIDTH, _MARGIN + view.shift[1] * HEIGHT
    image = image.crop((round(left), round(top), round(left) + WIDTH, round(top) + HEIGHT))
    return _sensor(image, random.Random(f"{view.place}/{view.moment}"))


def _colour(dice: random.Random, low: int = 30, high: int = 225) -> Colour:
    return dice.randrange(low, high), dice.randrange(low, high), dice.randrange(low, high)


def _near(colour: Colour, change: int) -> Colour:
    red, green, blue = (max(0, min(255, value + change)) for value in colour)
    return red, green, blue


def _texture(dice: random.Random, size: tuple[int, int], colour: Colour, strength: int) -> Image.Image:
    """A surface with stains of several scales."""
    grey = Image.new("L", size, 128)
    for cell in (160, 60, 20):
        small = Image.frombytes(
            "L", grid := (size[0] // cell + 2, size[1] // cell + 2), dice.randbytes(grid[0] * grid[1])
        )
        layer = small.resize(size, Image.Resampling.BICUBIC)
        grey = ImageChops.add(
            grey, layer.point([(value - 128) * strength // 256 + 128 for value in range(256)]), 1, -128
        )
    channels = [grey.point([max(0, min(255, value - 128 + part)) for value in range(256)]) for part in colour]
    return Image.merge("RGB", channels)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype("NotoSansCJK-Regular.ttc", size)
    except OSError:  # no Chinese font here: Pillow's own draws boxes, which are as good
        return ImageFont.load_default(size)


def _banner(dice: random.Random, draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    draw.rectangle(box, fill=dice.choice(((178, 24, 32), (190, 30, 30), (30, 70, 140), (150, 20, 40))))
    height = box[3] - box[1]
    text = "".join(dice.choice(_WORDS) for _ in range(max(3, (box[2] - box[0]) // max(1, height) - 1)))
    draw.text((box[0] + height // 2, box[1] + height // 8), text, font=_font(height * 2 // 3), fill=(250, 235, 170))


def _hall(dice: random.Random, size: tuple[int, int]) -> tuple[Image.Image, list[tuple[int, int, int]]]:
    """A room in perspective: walls, floor, windows, a banner, a table, rows of seats."""
    width, height = size
    image = _texture(dice, size, _colour(dice, 120, 235), 30)
    draw = ImageDraw.Draw(image)
    left, right = int(width * dice.uniform(0.12, 0.35)), int(width * dice.uniform(0.62, 0.9))
    top, floor = int(height * dice.uniform(0.15, 0.3)), int(height * dice.uniform(0.5, 0.65))
    wall = _colour(dice, 110, 230)
    draw.polygon([(0, 0), (left, top), (left, floor), (0, height)], fill=_near(wall, dice.randrange(-40, 10)))
    draw.polygon([(width, 0), (right, top), (right, floor), (width, height)], fill=_near(wall, dice.randrange(-20, 30)))
    draw.polygon([(0, 0), (left, top), (right, top), (width, 0)], fill=_near(wall, 20))
    ground = _texture(dice, size, _colour(dice, 60, 190), 50)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon([(0, height), (left, floor), (right, floor), (width, height)], fill=255)
    image.paste(ground, mask=mask)
    for lamp in range(dice.randrange(2, 6)):
        x = left + (right - left) * lamp // 5
        draw.ellipse((x, top // 2, x + 70, top // 2 + 18), fill=(255, 252, 235))
    for window in range(dice.randrange(1, 5)):  # light from one side
        x0, x1 = left * window // 5 + 8, left * (window + 1) // 5 - 6
        draw.polygon([(x0, 90 + x0 // 3), (x1, 90 + x1 // 3), (x1, floor - 40), (x0, floor + 30)], fill=(235, 240, 250))
    if dice.random() < 0.6:
        screen = dice.randrange(left + 10, left + (right - left) // 2)
        draw.rectangle((screen, top + 60, screen + (right - left) // 3, floor - 60), fill=_colour(dice, 60, 240))
    _banner(dice, draw, (left + 15, top + 10, right - 15, top + 10 + dice.randrange(34, 60)))
    table = _colour(dice, 40, 150)
    x0, x1 = sorted((dice.randrange(left, width // 2), dice.randrange(width // 2, right)))
    draw.polygon([(x0, floor + 20), (x1, floor + 20), (x1 + 50, floor + 70), (x0 - 50, floor + 70)], fill=table)
    draw.rectangle((x0 - 50, floor + 70, x1 + 50, floor + 110), fill=_near(table, -25))
    seat = _colour(dice, 40, 200)
    rows = dice.randrange(2, 5)
    spots = []
    for row in range(rows):
        y, scale = floor + 130 + row * (height - floor - 130) // rows, 26 + 16 * row
        for x in range(40 + dice.randrange(60), width, scale * 3):
            draw.rectangle((x, y, x + scale * 2, y + scale * 2), fill=_near(seat, dice.randrange(-15, 15)))
            if dice.random() < 0.6:
                spots.append((x + scale, y + scale, scale))
    spots += [(dice.randrange(x0, x1 + 1), floor + 30, 24) for _ in range(dice.randrange(1, 6))]
    return image, sorted(spots, key=lambda spot: spot[1])


def _street(dice: random.Random, size: tuple[int, int]) -> tuple[Image.Image, list[tuple[int, int, int]]]:
    """Sky, houses with windows, trees, a road, stalls."""
    width, height = size
    horizon = int(height * dice.uniform(0.4, 0.6))
    image = _texture(dice, size, _colour(dice, 90, 170), 60)
    sky = Image.linear_gradient("L").resize((width, horizon)).point([150 + value * 90 // 255 for value in range(256)])
    blue = dice.randrange(0, 40)
    image.paste(Image.merge("RGB", (sky.point([max(0, v - blue) for v in range(256)]), sky, sky)), (0, 0))
    draw = ImageDraw.Draw(image)
    x = -dice.randrange(80)
    while x < width:
        wide, tall = dice.randrange(110, 300), dice.randrange(horizon // 3, horizon)
        house = _colour(dice, 90, 220)
        draw.rectangle((x, horizon - tall + 60, x + wide, horizon + 60), fill=house)
        gap = dice.randrange(26, 48)
        for wx in range(x + 10, x + wide - 16, gap):
            for wy in range(horizon - tall + 74, horizon + 20, gap + 8):
                draw.rectangle(
                    (wx, wy, wx + gap // 2, wy + gap // 2 + 6), fill=_near(house, dice.choice((-80, -50, 40)))
                )
        x += wide + dice.randrange(0, 70)
    for _ in range(dice.randrange(2, 7)):
        x, y, spread = dice.randrange(width), horizon - dice.randrange(20, 140), dice.randrange(50, 130)
        draw.rectangle((x - 6, y, x + 6, horizon + 100), fill=(80, 60, 45))
        for _ in range(40):
            dx, dy, leaf = dice.gauss(0, spread / 2), dice.gauss(0, spread / 2), dice.randrange(8, 26)
            green = (dice.randrange(30, 90), dice.randrange(80, 150), dice.randrange(20, 70))
            draw.ellipse((x + dx - leaf, y + dy - leaf, x + dx + leaf, y + dy + leaf), fill=green)
    if dice.random() < 0.5:
        _banner(dice, draw, (x0 := dice.randrange(width // 3), horizon - 10, x0 + width // 2, horizon + 36))
    for _ in range(dice.randrange(1, 5)):
        x, y = dice.randrange(width), horizon + dice.randrange(60, 160)
        draw.polygon([(x, y), (x + 130, y), (x + 150, y + 40), (x - 20, y + 40)], fill=_colour(dice))
        draw.rectangle((x - 5, y + 40, x + 135, y + 110), fill=_colour(dice, 100, 220))
    spots = [
        (dice.randrange(width), horizon + dice.randrange(60, height - horizon - 60))
        for _ in range(dice.randrange(6, 20))
    ]
    return image, sorted(((x, y, 14 + (y - horizon) // 7) for x, y in spots), key=lambda spot: spot[1])


def _group(dice: random.Random, size: tuple[int, int]) -> tuple[Image.Image, list[tuple[int, int, int]]]:
    """Rows of people before a wall with a banner and posters."""
    width, height = size
    image = _texture(dice, size, _colour(dice, 100, 220), 70)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, int(height * 0.72), width, height), fill=_colour(dice, 60, 160))
    for _ in range(dice.randrange(2, 8)):
        x, y = dice.randrange(width - 120), dice.randrange(60, height // 2)
        draw.rectangle((x, y, x + dice.randrange(60, 200), y + dice.randrange(60, 200)), fill=_colour(dice))
        for line in range(5):
            draw.line((x + 8, y + 12 + line * 10, x + 50, y + 12 + line * 10), fill=_colour(dice), width=3)
    y = dice.randrange(140, 220)
    _banner(dice, draw, (150 + dice.randrange(60), y, width - 150 - dice.randrange(60), y + dice.randrange(50, 90)))
    rows, scale = dice.randrange(1, 4), dice.randrange(36, 60)
    spots = []
    for row in range(rows):
        for x in range(130 + dice.randrange(80), width - 130, int(scale * dice.uniform(2.4, 3))):
            spots.append((x + dice.randrange(-8, 8), height // 2 + 40 + row * scale * 2, scale))
    return image, spots


def _people(image: Image.Image, spots: list[tuple[int, int, int]], dice: random.Random, view: View) -> None:
    """Heads on shoulders with their shadows; another moment moves them, a far moment has others on other spots."""
    draw = ImageDraw.Draw(image)
    later = random.Random(f"{view.place}:{view.moment}")
    if view.moment >= 10:
        dice = later
    for x, y, scale in spots:
        coat, skin, hair = _colour(dice, 15, 230), (dice.randrange(185, 235), 165, 135), dice.randrange(15, 90)
        if view.moment >= 10 and later.random() < 0.35:
            continue
        if view.moment:
            reach = 0.9 if view.moment > 1 else 0.35
            x += int(later.gauss(0, scale * reach))
            y += int(later.gauss(0, scale * 0.25))
        head = scale // 2
        draw.ellipse((x - scale, y + scale, x + scale * 2, y + scale * 2), fill=(60, 58, 56))
        draw.rounded_rectangle((x - scale, y, x + scale, y + scale * 2), scale // 2, fill=coat)
        draw.ellipse((x - head, y - scale, x + head, y + scale // 4), fill=skin)
        draw.chord((x - head, y - scale, x + head, y + scale // 4), 180, 360, fill=(hair, hair, hair))


def _sensor(image: Image.Image, dice: random.Random) -> Image.Image:
    """Light that falls off to the corners, and noise."""
    fall = Image.radial_gradient("L").resize(image.size).point([255 - value * 70 // 255 for value in range(256)])
    image = ImageChops.multiply(image, Image.merge("RGB", (fall, fall, fall)))
    grain = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), dice.randbytes(WIDTH * HEIGHT // 4)).resize(image.size)
    grain = grain.point([128 + (value - 128) // 12 for value in range(256)])
    return ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), 1, -128)


# --- what becomes of a photograph

Change = Callable[[Image.Image, random.Random], Image.Image]


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The image as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _narrow(image: Image.Image, width: int = 640) -> Image.Image:
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def _cropped(most: float) -> Change:
    def crop(image: Image.Image, dice: random.Random) -> Image.Image:
        width, height = image.size
        left, top, right, bottom = (dice.uniform(0, most) for _ in range(4))
        if dice.random() < 0.3:  # the worst: all from two sides
            left, top, right, bottom = most, most, 0, 0
        return image.crop((int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height)))

    return crop


def _brightened(image: Image.Image, dice: random.Random) -> Image.Image:
    light = ImageEnhance.Brightness(image).enhance(dice.choice((0.75, 1.2, 1.35)))
    return ImageEnhance.Contrast(light).enhance(dice.choice((0.8, 1.2, 1.3)))


def _watermarked(image: Image.Image, dice: random.Random) -> Image.Image:
    image = image.copy()
    draw = ImageDraw.Draw(image)
    size = image.width // dice.choice((14, 18, 24))
    text = "".join(dice.choice(_WORDS) for _ in range(8))
    x, y = (image.width - size * 9, image.height - size * 2) if dice.random() < 0.7 else (size, size)
    draw.text((x, y), text, font=_font(size), fill=(255, 255, 255), stroke_width=1, stroke_fill=(60, 60, 60))
    return image


def _captioned(image: Image.Image, dice: random.Random) -> Image.Image:
    strip = int(image.height * dice.uniform(0.06, 0.12))
    out = Image.new("RGB", (image.width, image.height + strip), dice.choice(((255, 255, 255), (20, 20, 20))))
    out.paste(image, (0, 0))
    text = "".join(dice.choice(_WORDS) for _ in range(14))
    ImageDraw.Draw(out).text((20, image.height + strip // 6), text, font=_font(strip * 6 // 10), fill=(128, 128, 128))
    return out


def _screenshot(image: Image.Image, dice: random.Random) -> Image.Image:
    """A phone's screen with the photograph across it, or a viewer's window on a desk."""
    if dice.random() < 0.6:
        width, height = 720, dice.choice((1280, 1440, 1600))
        out = Image.new("RGB", (width, height), dice.choice(((0, 0, 0), (255, 255, 255), (24, 24, 24))))
        shown = _narrow(image, width)
        out.paste(shown, (0, (height - shown.height) // 2 + dice.randrange(-60, 60)))
        bars, ink = ((0, 44), (height - 100, height)), (140, 140, 140)
    else:
        shown = _narrow(image, 840)
        width, height = 840 + 2 * dice.randrange(10, 160), shown.height + 150
        out = Image.new("RGB", (width, height), dice.choice(((240, 240, 240), (45, 45, 48), (255, 255, 255))))
        out.paste(shown, ((width - 840) // 2, 80))
        bars, ink = ((0, 40), (height - 44, height)), (90, 110, 160)
    draw = ImageDraw.Draw(out)
    for top, bottom in bars:
        for _ in range(6):
            x = dice.randrange(width - 120)
            draw.text(
                (x, top + (bottom - top) // 4), dice.choice(("返回", "12:08", "编辑", "分享")), font=_font(20), fill=ink
            )
    return out


def _turned(image: Image.Image, dice: random.Random) -> Image.Image:
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
    return _narrow(image).transpose(dice.choice(turns))


def _jpeg(change: Change, quality: int = 80) -> Callable[[Image.Image, random.Random], bytes]:
    return lambda image, dice: encoded(change(image, dice), quality=quality)


CHANGES: dict[str, Callable[[Image.Image, random.Random], bytes]] = {
    "recompressed": _jpeg(lambda image, dice: image.resize((950, 712)), 30),
    "resized": _jpeg(lambda image, dice: _narrow(image), 75),
    "thumbnail": _jpeg(lambda image, dice: _narrow(image, 220), 75),
    "turned": _jpeg(_turned),
    "cropped 5 %": _jpeg(lambda image, dice: _narrow(_cropped(0.05)(image, dice))),
    "cropped 15 %": _jpeg(lambda image, dice: _narrow(_cropped(0.15)(image, dice))),
    "brightened": _jpeg(lambda image, dice: _narrow(_brightened(image, dice))),
    "watermarked": _jpeg(lambda image, dice: _narrow(_watermarked(image, dice))),
    "captioned": _jpeg(lambda image, dice: _narrow(_captioned(image, dice))),
    "grey": _jpeg(lambda image, dice: _narrow(image.convert("L").convert("RGB"))),
    "sharpened": _jpeg(lambda image, dice: _narrow(image).filter(ImageFilter.SHARPEN)),
    "as PNG": lambda image, dice: encoded(_narrow(image, 480), "PNG"),
    "screenshot": _jpeg(lambda image, dice: _screenshot(image, dice)),
}
"""What may be done to a photograph before it is put into a manuscript."""


def changed(place: int, name: str, image: Image.Image) -> bytes:
    """The photograph of a place after one of the CHANGES, as a file."""
    return CHANGES[name](image, random.Random(f"{place}:{name}"))


def places(first: int, count: int) -> Iterator[int]:
    """So many seeds of places that no other range has."""
    return iter(range(first, first + count))
