/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.h
 * Result codes. 0 is success; failures are negative, numbered once and never reused.
 * The one-line explanation of a failure is on the session: bf_session_error().
 */
#ifndef BONAFIDE_STATUS_H
#define BONAFIDE_STATUS_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(BF_BUILDING) && defined(__GNUC__)
#define BF_API __attribute__((visibility("default")))
#else
#define BF_API
#endif

typedef int32_t bf_status;

#define BF_OK 0
#define BF_EINVAL (-1)       /* an argument breaks the contract stated in the header */
#define BF_ENOMEM (-2)       /* the allocator refused */
#define BF_EIO (-3)          /* the operating system failed to read or write */
#define BF_EFORMAT (-4)      /* not a file or record of a known format, or damaged */
#define BF_ELIMIT (-5)       /* larger than a documented limit */
#define BF_EUNSUPPORTED (-6) /* a valid format, but a variant we do not read */
#define BF_ESMALL (-7)       /* too small to hold the biometric */
#define BF_ENONE (-8)        /* nothing of this modality found in the image */
#define BF_EVERSION (-9)     /* made by a later version of this software */
#define BF_EMODALITY (-10)   /* templates of different modalities, or of one not supported here */
#define BF_EKEY (-11)        /* wrong key or passphrase */
#define BF_ETAMPER (-12)     /* stored bytes were altered, moved, replayed or removed */
#define BF_ENOENT (-13)      /* no such file, person, gallery or record */
#define BF_EEXIST (-14)      /* it is there already */
#define BF_EBUSY (-15)       /* somebody else is writing */
#define BF_EREADONLY (-16)   /* no permission to write */
#define BF_EFULL (-17)       /* no space left */
#define BF_EPENDING (-18)    /* an erasure is waiting to be completed */
#define BF_EATTACK (-19)     /* a presentation attack is suspected, and the policy refuses those */
#define BF_EMODEL (-20)      /* a neural model or its runtime is missing, altered or unusable */

/** @return the code's name, e.g. "BF_EKEY"; "BF_E?" for an unknown one. Static, never NULL. */
BF_API const char *bf_status_name(bf_status status);

#ifdef __cplusplus
}
#endif
#endif
