"""The texts of the service in two languages."""

from domain.messages.localized_texts import LocalizedText, Texts

TEXTS = Texts(
    error=LocalizedText(by_language={"en": "Sorry.", "es": "Lo siento."}, default="en"),
    please_wait=LocalizedText(by_language={"en": "Please wait.", "es": "Un momento."}, default="en"),
    unsupported=LocalizedText(by_language={"en": "I can only read text.", "es": "Solo leo texto."}, default="en"),
    late=LocalizedText(by_language={"en": "Too late.", "es": "Demasiado tarde."}, default="en"),
    new_session=LocalizedText(by_language={"en": "A new session.", "es": "De nuevo."}, default="en"),
    handed_over=LocalizedText(by_language={"en": "Somebody will answer.", "es": "Alguien contesta."}, default="en"),
    file_failed=LocalizedText(by_language={"en": "A file is missing.", "es": "Falta un archivo."}, default="en"),
    welcome=LocalizedText(by_language={"en": "Welcome.", "es": "Bienvenido."}, default="en"),
    choose=LocalizedText(by_language={"en": "Choose", "es": "Elegir"}, default="en"),
    confirm=LocalizedText(by_language={"en": "Confirm", "es": "Confirmar"}, default="en"),
    decline=LocalizedText(by_language={"en": "Cancel", "es": "Cancelar"}, default="en"),
    proposal_done=LocalizedText(by_language={"en": "It is done.", "es": "Hecho."}, default="en"),
    proposal_failed=LocalizedText(by_language={"en": "It failed.", "es": "No se pudo."}, default="en"),
    proposal_rejected=LocalizedText(by_language={"en": "It was rejected.", "es": "Rechazado."}, default="en"),
    over_budget=LocalizedText(by_language={"en": "Tomorrow.", "es": "Mañana."}, default="en"),
)
