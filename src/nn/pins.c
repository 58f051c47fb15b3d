/* SPDX-License-Identifier: Apache-2.0 */
/* Pinned files: see pins.h. Where each comes from is in docs/MODELS.md and models/<name>.md. */
#include "nn/pins.h"

#include <string.h>

const bf_nn_pin bf_nn_pins[] = {
    {"blazeface_back", "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2"},
    {"facemesh", "859b544b8a38bf889b75871a1958e2cdd92ad2927eaa87397da2bcafe32c1a2d"},
    {"mobilefacenet", "caead105969667ebd2e05a3729b81a1e3489efb6bb6510b416761efabdcb660d"},
    {"dlib_resnet", "93afbaa6de27f2a43928ccaed2ea4d9c56c946f2aa427837d45040aa423022b0"},
    {"face_anti_spoofing", "e3ff97e208b35d717216a002c5d46eec266ddbf8c288079d2cbcb8881a93cbec"},
    {"hand_landmark", "d2e388131a6414e6fe478b6302c01c234417b90c848ba375733241cae55cc4a5"},
    {NULL, NULL},
};

const bf_nn_pin bf_nn_runtime_pins[] = {
    {"x64", "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e"},
    {"arm64", "cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f"},
    {NULL, NULL},
};

const bf_nn_pin *bf_nn_pin_find(const char *name)
{
    for (const bf_nn_pin *p = bf_nn_pins; p->name; p++) {
        if (!strcmp(p->name, name)) return p;
    }
    return NULL;
}
