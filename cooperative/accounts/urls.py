"""Addresses of this app. Those of django-allauth are not wired: our own pages take their place."""

from django.urls import URLPattern, URLResolver, path

from cooperative.accounts.views import devices, officers, profile, sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/code/again/", sign_in.sign_in_resend, name="sign_in_resend"),
    path("sign-in/password/", sign_in.sign_in_password, name="sign_in_password"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("officers/sign-in/", officers.officer_sign_in, name="officer_sign_in"),
    path("officers/sign-in/code/", officers.officer_second_step, name="officer_second_step"),
    path("officers/sign-in/set-up/", officers.officer_set_up, name="officer_set_up"),
    path("me/", profile.me, name="me"),
    path("me/confirm/", profile.confirm, name="confirm"),
    path("me/confirm/send/", profile.confirm_send, name="confirm_send"),
    path("me/password/", profile.password, name="password"),
    path("me/phone/", profile.change_phone, name="change_phone"),
    path("me/phone/code/", profile.change_phone_code, name="change_phone_code"),
    path("me/phone/code/again/", profile.change_phone_resend, name="change_phone_resend"),
    path("me/second-step/", officers.change_second_step, name="change_second_step"),
    path("me/recovery-codes/", officers.recovery_codes, name="recovery_codes"),
    path(
        "me/recovery-codes/download/",
        officers.download_recovery_codes,
        name="download_recovery_codes",
    ),
    path("me/recovery-codes/renew/", officers.renew_recovery_codes, name="renew_recovery_codes"),
    path("profile/devices/", devices.devices, name="devices"),
    path("profile/devices/<int:pk>/end/", devices.end_device, name="end_device"),
    path("profile/devices/end-others/", devices.end_other_devices, name="end_other_devices"),
]
