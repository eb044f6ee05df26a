"""How providers say that a model takes no pictures, and how they refuse a single one."""

import pytest

from tau.models.pictures import has_pictures, refuses_pictures, without_vision
from tau.models.types import ModelInfo

BLIND = [
    "Invalid content type. image_url is only supported by certain models.",
    "image input is not supported - hint: you may need to provide the mmproj",
    "this model does not support images",
    "This model doesn't support image input",
    "qwen is not a multimodal model",
    "At most 0 image(s) may be provided in one request.",
    "No endpoints found that support image input",
    "unknown variant `image_url`, expected `text` at line 1",
    "'messages.0' : content must be a string",
    "Image input is not enabled for this model",
    "Unsupported content type: image",
    "vision is not available for this model",
]
OTHER = [
    "You uploaded an unsupported image. Please make sure your image has one of these formats: png.",
    "Image is too large: at most 5 MB",
    "Invalid image data.",
    "Could not process image",
    "unsupported image type: image/bmp",
    "messages[0].content[1].image_url.url: invalid base64",
    "The context has too many images",
    "temperature is not supported with this model",
    "The model does not exist",
    "",
]


@pytest.mark.parametrize("error", BLIND)
def test_a_model_without_eyes_is_known_by_what_its_provider_says(error: str) -> None:
    assert refuses_pictures(error.encode())
    assert refuses_pictures(f'{{"error": {{"message": "{error}"}}}}'.encode())


@pytest.mark.parametrize("error", OTHER)
def test_a_refused_picture_is_no_sign_of_that(error: str) -> None:
    assert not refuses_pictures(error.encode())


def test_pictures_are_found_in_a_request() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:"}}
    assert has_pictures({"messages": [{"content": [{"type": "text"}, picture]}]})
    for content in ("text", None, [], [{"type": "text", "text": "a"}], [7]):
        assert not has_pictures({"messages": [{"role": "user", "content": content}]})
    info = ModelInfo(name="m", origin="endpoint", capabilities=frozenset({"chat", "vision"}))
    assert without_vision(info).capabilities == {"chat"}
