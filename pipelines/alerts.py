"""Alerts of a failed run, by e-mail and to a web address: one sentence per failure and no secrets."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage

import requests
from dagster import DefaultSensorStatus, RunFailureSensorContext, run_failure_sensor

from assets.resources import deployment_file
from geodata.errors import OnrampError
from geodata.settings import Alerts, load_settings
from pipelines.failures import sentences

SECONDS = 20
PARTITION = "dagster/partition"


# It does nothing until an address is configured, so that it may run from the start.
@run_failure_sensor(
    name="alerts",
    default_status=DefaultSensorStatus.RUNNING,
    description="Reports every failed run by e-mail or to a web address, where the settings name one.",
)
def alerts(context: RunFailureSensorContext) -> None:
    """Send the alert of a failed run."""
    run = context.dagster_run
    messages = sentences(context.get_step_failure_events()) or sentences_of_run(context)
    state = run.tags.get(PARTITION)
    subject = f"Onramp: {run.job_name}{f' for {state}' if state else ''} failed"
    send_alert(subject, messages, load_settings(deployment_file()).alerts, os.environ)


def sentences_of_run(context: RunFailureSensorContext) -> list[str]:
    """Return what is known of a run that failed without a failing step, such as one whose machine went away."""
    return [context.failure_event.message or "The run ended without saying why."]


def send_alert(subject: str, messages: list[str], settings: Alerts, environ: Mapping[str, str]) -> list[str]:
    """Send the messages to the addresses of the settings and return the channels used; OnrampError where one failed.

    One channel that fails does not keep the other from being tried.
    """
    used, problems = [], []
    address = environ.get(settings.webhook_url_env, "").strip()
    channels: tuple[tuple[bool, str, Callable[[], None]], ...] = (
        (bool(address), "web address", lambda: post(address, subject, messages)),
        (bool(settings.smtp_host and settings.mail_to), "e-mail", lambda: mail(subject, messages, settings, environ)),
    )
    for wanted, way, send in channels:
        if not wanted:
            continue
        try:
            send()
            used.append(way)
        except (OSError, smtplib.SMTPException, requests.RequestException) as problem:
            # What these say may hold the address, and the address may be the secret.
            problems.append(f"The alert could not be sent by {way}: {type(problem).__name__}.")
        except OnrampError as problem:
            problems.append(str(problem))
    if problems:
        raise OnrampError(" ".join(problems))
    return used


def post(address: str, subject: str, messages: list[str]) -> None:
    """Post the alert as JSON: `text` holds all of it, the form chat services take."""
    body = {"text": "\n".join([subject, *messages]), "subject": subject, "failures": messages}
    requests.post(address, json=body, timeout=SECONDS, allow_redirects=False).raise_for_status()


def mail(subject: str, messages: list[str], settings: Alerts, environ: Mapping[str, str]) -> None:
    """Send the alert as plain text; a password is given only over an encrypted connection."""
    user = environ.get(settings.smtp_user_env, "")
    if user and not settings.smtp_starttls:
        raise OnrampError("The mail server is given a password only encrypted: set alerts.smtp_starttls to true.")
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, settings.mail_from, ", ".join(settings.mail_to)
    message.set_content("\n".join(messages) + "\n")
    with smtplib.SMTP(str(settings.smtp_host), settings.smtp_port, timeout=SECONDS) as server:
        if settings.smtp_starttls:
            # Without a context of its own the library takes any certificate.
            server.starttls(context=ssl.create_default_context())
        if user:
            server.login(user, environ.get(settings.smtp_password_env, ""))
        server.send_message(message)
