/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file bonafide.h
 * Bonafide, an open automated biometric identification system. Include this for everything.
 * Read engine.h first, then image.h, template.h, compare.h.
 */
#ifndef BONAFIDE_BONAFIDE_H
#define BONAFIDE_BONAFIDE_H
#include "bonafide/compare.h"
#include "bonafide/dedup.h"
#include "bonafide/draw.h"
#include "bonafide/engine.h"
#include "bonafide/face.h"
#include "bonafide/image.h"
#include "bonafide/inspect.h"
#include "bonafide/keyring.h"
#include "bonafide/model.h"
#include "bonafide/palm.h"
#include "bonafide/status.h"
#include "bonafide/store.h"
#include "bonafide/index.h"
#include "bonafide/synth.h"
#include "bonafide/template.h"
#endif
