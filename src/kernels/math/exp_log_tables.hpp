// exp(x) = 2^(N/16) exp(r), |r| <= ln 2 / 32: exp(r) = 1 + r + r^2 p(r), relative error 2^-64.4; as expm1
// 2^-58.7. log1p(e), 0 <= e <= 1: with c ~ 1 / (1 + e) from a table, -log c + log1p(f), f = (1 + e) c - 1,
// |f| <= 0.03333: log1p(f) = f + f^2 p(f), relative error 2^-60.4. Written by fit_coefficients.py; do not
// edit.
#pragma once

#include <cstdint>

namespace tepui::kernels::math {

inline constexpr double kInvLn2 = 0x1.71547652b82fep+0;
inline constexpr double kLn2High = 0x1.62e42fefa0000p-1;  // 37 bits
inline constexpr double kLn2Low = 0x1.cf79abc9e3b3ap-40;

// f 2^(j/16): its bits less j << 48, so that adding N << 48 gives f 2^(N/16); itself; and what rounding it
// to double lost, relative to it.
struct ExpScale {
    alignas(64) std::int64_t bits[16];
    alignas(64) double value[16];
    alignas(64) double low[16];
};

alignas(64) inline constexpr ExpScale kExpScale = {
    {0x3ff0000000000000, 0x3fefb5586cf9890f, 0x3fef72b83c7d517b, 0x3fef387a6e756238, 0x3fef06fe0a31b715,
     0x3feedea64c123422, 0x3feebfdad5362a27, 0x3feeab07dd485429, 0x3feea09e667f3bcd, 0x3feea11473eb0187,
     0x3feeace5422aa0db, 0x3feec49182a3f090, 0x3feee89f995ad3ad, 0x3fef199bdd85529c, 0x3fef5818dcfba487,
     0x3fefa4afa2a490da},
    {0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
     0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
     0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
     0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0},
    {0x0.0p+0, 0x1.79aa65d837b6dp-54, -0x1.01b15eaa59348p-55, 0x1.68efde3a8a894p-54, 0x1.34d754db0abb6p-55,
     0x1.59f48a72a4c6dp-55, 0x1.690cebb7aafb0p-56, 0x1.063e1e21c5409p-54, -0x1.3b3efbf5e2228p-54,
     -0x1.b32dcb94da51dp-56, 0x1.db72fc1f0eab4p-55, 0x1.1affc2b91ce27p-56, 0x1.c1a7792cb3387p-55,
     0x1.36eae30af0cb3p-56, 0x1.4a385a63d07a7p-56, -0x1.ff7128fd391f0p-55}};

// f = 1 / sqrt(2 pi)
alignas(64) inline constexpr ExpScale kNormalScale = {
    {0x3fd9884533d43651, 0x3fd9a9a7de112a90, 0x3fd9d7da73c593e6, 0x3fda136e2bd7fc06, 0x3fda5cfaab0e879a,
     0x3fdab51e4ced6fe0, 0x3fda8e3f37e7b1e4, 0x3fda49e3e22e30ae, 0x3fda0dd750429b6d, 0x3fd9da77ab15c5c6,
     0x3fd9b02746d00a35, 0x3fd98f4cd2113849, 0x3fd9785387480b39, 0x3fd96bab6038de94, 0x3fd969c94bcc6397,
     0x3fd973276640323e},
    {0x1.9884533d43651p-2, 0x1.aa9a7de112a90p-2, 0x1.bd7da73c593e6p-2, 0x1.d136e2bd7fc06p-2,
     0x1.e5cfaab0e879ap-2, 0x1.fb51e4ced6fe0p-2, 0x1.08e3f37e7b1e4p-1, 0x1.149e3e22e30aep-1,
     0x1.20dd750429b6dp-1, 0x1.2da77ab15c5c6p-1, 0x1.3b02746d00a35p-1, 0x1.48f4cd2113849p-1,
     0x1.5785387480b39p-1, 0x1.66bab6038de94p-1, 0x1.769c94bcc6397p-1, 0x1.873276640323ep-1},
    {-0x1.201b8c07f2c3fp-54, 0x1.91bc9f8a9e4e8p-55, -0x1.de5e70a546f1bp-58, -0x1.2f972e068898ap-56,
     -0x1.aa07e6833a2c3p-55, 0x1.f1363b5e26199p-55, 0x1.d6e61c78beea6p-57, -0x1.d6ecb5cf09444p-56,
     0x1.f568818f505f6p-57, 0x1.87f8f6f5a203bp-56, 0x1.43cf054e26779p-56, 0x1.9fb3b4545bd1bp-55,
     -0x1.fcec4cdb1ebdap-58, 0x1.c11234d548140p-56, -0x1.65296d2411c73p-56, 0x1.3ab045ccdfdc0p-55}};

// f = 2
alignas(64) inline constexpr ExpScale kTwiceExpScale = {
    {0x4000000000000000, 0x3fffb5586cf9890f, 0x3fff72b83c7d517b, 0x3fff387a6e756238, 0x3fff06fe0a31b715,
     0x3ffedea64c123422, 0x3ffebfdad5362a27, 0x3ffeab07dd485429, 0x3ffea09e667f3bcd, 0x3ffea11473eb0187,
     0x3ffeace5422aa0db, 0x3ffec49182a3f090, 0x3ffee89f995ad3ad, 0x3fff199bdd85529c, 0x3fff5818dcfba487,
     0x3fffa4afa2a490da},
    {0x1.0000000000000p+1, 0x1.0b5586cf9890fp+1, 0x1.172b83c7d517bp+1, 0x1.2387a6e756238p+1,
     0x1.306fe0a31b715p+1, 0x1.3dea64c123422p+1, 0x1.4bfdad5362a27p+1, 0x1.5ab07dd485429p+1,
     0x1.6a09e667f3bcdp+1, 0x1.7a11473eb0187p+1, 0x1.8ace5422aa0dbp+1, 0x1.9c49182a3f090p+1,
     0x1.ae89f995ad3adp+1, 0x1.c199bdd85529cp+1, 0x1.d5818dcfba487p+1, 0x1.ea4afa2a490dap+1},
    {0x0.0p+0, 0x1.79aa65d837b6dp-54, -0x1.01b15eaa59348p-55, 0x1.68efde3a8a894p-54, 0x1.34d754db0abb6p-55,
     0x1.59f48a72a4c6dp-55, 0x1.690cebb7aafb0p-56, 0x1.063e1e21c5409p-54, -0x1.3b3efbf5e2228p-54,
     -0x1.b32dcb94da51dp-56, 0x1.db72fc1f0eab4p-55, 0x1.1affc2b91ce27p-56, 0x1.c1a7792cb3387p-55,
     0x1.36eae30af0cb3p-56, 0x1.4a385a63d07a7p-56, -0x1.ff7128fd391f0p-55}};

// f = sqrt(2 / pi)
alignas(64) inline constexpr ExpScale kErfSlopeScale = {
    {0x3fe9884533d43651, 0x3fe9a9a7de112a90, 0x3fe9d7da73c593e6, 0x3fea136e2bd7fc06, 0x3fea5cfaab0e879a,
     0x3feab51e4ced6fe0, 0x3fea8e3f37e7b1e4, 0x3fea49e3e22e30ae, 0x3fea0dd750429b6d, 0x3fe9da77ab15c5c6,
     0x3fe9b02746d00a35, 0x3fe98f4cd2113849, 0x3fe9785387480b39, 0x3fe96bab6038de94, 0x3fe969c94bcc6397,
     0x3fe973276640323e},
    {0x1.9884533d43651p-1, 0x1.aa9a7de112a90p-1, 0x1.bd7da73c593e6p-1, 0x1.d136e2bd7fc06p-1,
     0x1.e5cfaab0e879ap-1, 0x1.fb51e4ced6fe0p-1, 0x1.08e3f37e7b1e4p+0, 0x1.149e3e22e30aep+0,
     0x1.20dd750429b6dp+0, 0x1.2da77ab15c5c6p+0, 0x1.3b02746d00a35p+0, 0x1.48f4cd2113849p+0,
     0x1.5785387480b39p+0, 0x1.66bab6038de94p+0, 0x1.769c94bcc6397p+0, 0x1.873276640323ep+0},
    {-0x1.201b8c07f2c3fp-54, 0x1.91bc9f8a9e4e8p-55, -0x1.de5e70a546f1bp-58, -0x1.2f972e068898ap-56,
     -0x1.aa07e6833a2c3p-55, 0x1.f1363b5e26199p-55, 0x1.d6e61c78beea6p-57, -0x1.d6ecb5cf09444p-56,
     0x1.f568818f505f6p-57, 0x1.87f8f6f5a203bp-56, 0x1.43cf054e26779p-56, 0x1.9fb3b4545bd1bp-55,
     -0x1.fcec4cdb1ebdap-58, 0x1.c11234d548140p-56, -0x1.65296d2411c73p-56, 0x1.3ab045ccdfdc0p-55}};

alignas(64) inline constexpr double kExpPoly[6] = {0x1.0000000000001p-1,  0x1.5555555555556p-3,
                                                   0x1.55555554e8688p-5,  0x1.11111110e0a7dp-7,
                                                   0x1.6c17ee8026b6dp-10, 0x1.a01b0d40156a0p-13};

// One term less: 2^-55.0, for those who do not subtract 1.
alignas(64) inline constexpr double kExpPolyBrief[5] = {0x1.0000000000000p-1, 0x1.55555554dc4e3p-3,
                                                        0x1.5555555518d1dp-5, 0x1.11120bf7291fap-7,
                                                        0x1.6c17bc52194bep-10};

// c for e near j / 15, 8 bits.
alignas(64) inline constexpr double kLogReciprocal[16] = {
    0x1.0000000000000p+0, 0x1.e000000000000p-1, 0x1.c400000000000p-1, 0x1.aa00000000000p-1,
    0x1.9400000000000p-1, 0x1.8000000000000p-1, 0x1.6e00000000000p-1, 0x1.5e00000000000p-1,
    0x1.4e00000000000p-1, 0x1.4000000000000p-1, 0x1.3400000000000p-1, 0x1.2800000000000p-1,
    0x1.1c00000000000p-1, 0x1.1200000000000p-1, 0x1.0800000000000p-1, 0x1.0000000000000p-1};

// -log c
alignas(64) inline constexpr double kLogTable[16] = {0x0.0p+0,
                                                     0x1.08598b59e3a07p-4,
                                                     0x1.fe89139dbd566p-4,
                                                     0x1.7898d85444c73p-3,
                                                     0x1.e530effe71012p-3,
                                                     0x1.269621134db92p-2,
                                                     0x1.57bf753c8d1fbp-2,
                                                     0x1.85855776dcbfbp-2,
                                                     0x1.b56fa04462909p-2,
                                                     0x1.e148a1a2726cep-2,
                                                     0x1.04360be7603adp-1,
                                                     0x1.188ee40f23ca6p-1,
                                                     0x1.2dbf557b0df43p-1,
                                                     0x1.4019c2125ca93p-1,
                                                     0x1.5322e26867857p-1,
                                                     0x1.62e42fefa39efp-1};

alignas(64) inline constexpr double kLogPoly[9] = {
    -0x1.0000000000000p-1, 0x1.55555555554fdp-2,  -0x1.fffffffffff5fp-3,
    0x1.9999999b9cd3fp-3,  -0x1.555555572da35p-3, 0x1.24922facf6636p-3,
    -0x1.ffffd14f18774p-4, 0x1.c80b17fa50e8ap-4,  -0x1.9a745da4a3767p-4};

}  // namespace tepui::kernels::math
