"""Requests to forget are recognised in what a person says, and nothing else is taken for one."""

import pytest

from tau.companion.forget_requests import ForgetIntent, find_forget_intent, kind_of

REQUESTS = [
    ("Forget what I told you about Anna.", "Anna"),
    ("Please forget everything I told you about my ex-girlfriend.", "my ex-girlfriend"),
    ("Can you forget everything about my job?", "my job"),
    ("Could you please delete everything you know about my mother?", "my mother"),
    ("Forget all about the divorce", "the divorce"),
    ("forget everything you know about me", "me"),
    ("Please forget where I live.", "where I live"),
    ("Forget that I live in Berlin.", "I live in Berlin"),
    ("I want you to forget what I said about the lawsuit.", "the lawsuit"),
    ("Hey Tau, forget my address.", "my address"),
    ("I broke up with her. Please forget everything I said about Lena.", "Lena"),
    ("I don't want you to remember anything about my ex anymore.", "my ex"),
    ("Stop remembering what I told you about my debts.", "my debts"),
    ("Remove everything about Project Falcon from your memory", "Project Falcon"),
    ("You can forget everything about Paris now, thanks.", "Paris"),
    ("Forget what I just said.", ""),
    ("Please forget my last message.", ""),
    ("忘掉我跟你说过的关于前女友的事。", "前女友"),
    ("请忘记关于小美的一切。", "小美"),
    ("把关于我妈妈的事都忘掉吧", "我妈妈"),
    ("把我跟你说过的有关公司的内容全部删除。", "公司"),
    ("你能不能忘掉我之前告诉你的关于贷款的事？", "贷款"),
    ("不要再记住关于我前夫的任何事情", "我前夫"),
    ("忘了我的生日吧。", "我的生日"),
    ("忘掉我刚才说的话", ""),
]
NO_REQUESTS = """
Forget it.
Forget about it.
Forget that.
Don't forget what I told you about Anna.
Never forget that I love you.
I forgot what I told you about Anna.
I'll never forget what you said about the sea.
I can't forget about my ex.
Forget I said anything.
Forget that I asked.
Forget my last question, let's talk about dinner.
Do you ever forget things?
How do I forget about my ex?
Forget about the plan.
She said "forget everything about me".
Please don't forget my birthday.
I always forget where I put my keys.
Did you forget what I told you about Bob?
Let's forget about him.
What happens when I delete everything about someone?
How do I delete all messages in Slack about Tom?
> Forget everything about Anna.
别忘了我跟你说过的关于小美的事。
不要忘记我的生日。
我忘了关于那次会议的内容
忘了吧
算了，忘了它
我忘了我的钥匙在哪里
我永远忘不了关于她的事
你忘了我说过的话吗？
我总是忘记关于密码的事
怎么忘掉前任？
""".strip().split("\n")


@pytest.mark.parametrize(("words", "topic"), REQUESTS)
def test_a_request_names_what_is_to_be_forgotten(words: str, topic: str) -> None:
    found = find_forget_intent(words)
    assert found is not None
    assert found.topic == topic


@pytest.mark.parametrize("words", NO_REQUESTS)
def test_other_words_with_the_same_verbs_are_no_request(words: str) -> None:
    assert find_forget_intent(words) is None


def test_work_on_a_text_is_never_surely_a_request() -> None:
    assert find_forget_intent("Delete the notes on page two.") == ForgetIntent("page two", False)
    assert find_forget_intent("Forget my umbrella") == ForgetIntent("my umbrella", False)


def test_a_long_message_is_no_request() -> None:
    assert find_forget_intent("Forget what I told you about Anna. " + "x" * 500) is None


def test_words_for_a_kind_of_facts_are_known() -> None:
    found = {words: kind_of(words) for words in ("where I live", "my job", "我的生日", "my sister")}
    assert found == {
        "where I live": "home", "my job": "work", "我的生日": "birthday", "my sister": None,
    }  # fmt: skip
