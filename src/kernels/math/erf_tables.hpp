// erf(z / sqrt 2) on |z| < 15.5 * 35 / 64: Taylor-like pieces about j * 35 / 64, sum_k kErfPieces[k][j] t^k;
// relative error 2^-53.4 besides the rounding of the leading term. Written by fit_coefficients.py; do not
// edit.
#pragma once

#include <cstdint>

namespace tepui::kernels::math {

inline constexpr double kErfStep = 0x1.1800000000000p-1;  // 35 / 64
inline constexpr double kErfInvStep = 0x1.d41d41d41d41dp+0;
inline constexpr double kErfLast = 0x1.0efa000000000p+3;  // beyond, erf rounds to 1

alignas(64) inline constexpr double kErfPieces[13][16] = {
    {0x0.0p+0, 0x1.a9821bd37013dp-2, 0x1.73adccb85c8b5p-1, 0x1.cc5a1334412c7p-1, 0x1.f14d71065d9c1p-1,
     0x1.fcccd0c202ac8p-1, 0x1.ff788a2215762p-1, 0x1.ffef13585880ap-1, 0x1.fffe688a4ba3ep-1,
     0x1.ffffe33ccc1f3p-1, 0x1.fffffe7aafc3bp-1, 0x1.fffffff09b7bbp-1, 0x1.ffffffff8ba4ap-1,
     0x1.fffffffffd6fcp-1, 0x1.fffffffffff54p-1, 0x1.ffffffffffffep-1},
    {0x1.9884533d43651p-1, 0x1.5fc6e2445752dp-1, 0x1.c13afc3cf684cp-2, 0x1.a96368b9bd00cp-3,
     0x1.2aafe8c273f97p-4, 0x1.3705cec00e300p-6, 0x1.e04cae2be6c1fp-9, 0x1.12fd6db2f6ecap-11,
     0x1.d2fa44486e911p-15, 0x1.26022b3cc6082p-18, 0x1.12842ecf56c4dp-22, 0x1.7c1eced8f103bp-27,
     0x1.864a824d25d04p-32, 0x1.292581e19760cp-37, 0x1.4f80eef648739p-43, 0x1.18e431a78a4e1p-49},
    {0x1.e98dd483ab72fp-56, -0x1.80c1877abf828p-3, -0x1.eb5883e2ada12p-3, -0x1.5cf38be85d0abp-3,
     -0x1.46b06694aed8dp-4, -0x1.a939f0aa93653p-6, -0x1.89fee6e0034b6p-8, -0x1.072c89fc4651fp-10,
     -0x1.fec1baaf38eafp-14, -0x1.69c4ab33c7924p-17, -0x1.7750b7ff789e5p-21, -0x1.1dd52a8a22edbp-25,
     -0x1.40291ee355438p-30, -0x1.0810d4ec24346p-35, -0x1.411664b25ebf4p-41, -0x1.2005fcec074b8p-47},
    {-0x1.1058377e2cf87p-3, -0x1.48c29ef65f3b0p-4, 0x1.d649c00fc9753p-7, 0x1.dfbd26e5cf371p-5,
     0x1.78dbf2ad589e5p-5, 0x1.4fbd2ce62016ep-6, 0x1.86e868ac06140p-8, 0x1.38e7b6ef031e2p-10,
     0x1.60f82a9cbd0b1p-13, 0x1.1c833d4ddc078p-16, 0x1.4aa565c183fc2p-20, 0x1.16a869adc0123p-24,
     0x1.560b6c6ea8b6bp-29, 0x1.32b329ae6d6d0p-34, 0x1.92bb39372f05dp-40, 0x1.83ee1a518f079p-46},
    {0x1.641c78fe870c8p-42, 0x1.5a663c73dcbbfp-5, 0x1.276a4d4b5f6f6p-5, 0x1.1eee428a91b68p-8,
     -0x1.84cb44bf9e9bbp-7, -0x1.3d46a87f1ada0p-7, -0x1.fe00541a3760fp-9, -0x1.ff3200d15f7bfp-11,
     -0x1.577f49b7837fap-13, -0x1.3fefc37fe8875p-16, -0x1.a4c7671e98633p-20, -0x1.8b4183614419bp-24,
     -0x1.0b3e52f95ed2ap-28, -0x1.058d83eee7c42p-33, -0x1.740c3e9dcb4d5p-39, -0x1.81c7656696ba3p-45},
    {0x1.46d042945712fp-6, 0x1.e5ecd56ff62aep-8, -0x1.4908139f11cb5p-7, -0x1.4eeafb1255319p-7,
     -0x1.c0251c40aef3ep-10, 0x1.23278dee4224fp-9, 0x1.b2d4fc60b1314p-10, 0x1.29832b5494313p-11,
     0x1.ef3ab43b97bc4p-14, 0x1.1042bb4ce4f9dp-16, 0x1.9aa1498abd9a1p-20, 0x1.b1be5b23d267bp-24,
     0x1.451a88d8ecdefp-28, 0x1.5ce48cf1dfbfdp-33, 0x1.0dbf190be63c5p-38, 0x1.2de94d3c6ebf9p-44},
    {0x1.000d9071a38eep-32, -0x1.9dc85f1e7f3f0p-8, -0x1.864ce364aada0p-9, 0x1.21cd351bca9edp-9,
     0x1.210cc65b50d0fp-9, 0x1.2435ccbaf6b7ep-12, -0x1.97318e643f9bfp-12, -0x1.e6a38da42832ap-13,
     -0x1.0d81651473e31p-14, -0x1.695c7a4b085b6p-17, -0x1.3e2b161a29a91p-20, -0x1.7e2c1e73cd5b2p-24,
     -0x1.3ff31eafcac0ep-28, -0x1.7a872a30be54ap-33, -0x1.3f679d6d2e448p-38, -0x1.830d21c829926p-44},
    {-0x1.374059e066577p-9, -0x1.9857f8412d566p-12, 0x1.b3550432ae443p-10, 0x1.6e4005026d757p-11,
     -0x1.fd38e98d38ed0p-12, -0x1.876f4ca3aa489p-12, -0x1.030db1b6cab55p-16, 0x1.f1d5201d31069p-15,
     0x1.b5f0aa3db22aap-16, 0x1.7a84210a4dad0p-18, 0x1.8f5e6fadcc218p-21, 0x1.14cb36959b9e6p-24,
     0x1.054085b400281p-28, 0x1.56ea082bce6d3p-33, 0x1.3d3faf84b44fcp-38, 0x1.a1aa15a4b65ecp-44},
    {0x1.cd1b31e2a92c1p-26, 0x1.70a0b936d6943p-11, 0x1.81e248400784cp-14, -0x1.8e9ef936ac806p-12,
     -0x1.b2110a084f385p-14, 0x1.99ee7f5156825p-14, 0x1.9226410ed23cep-15, -0x1.da93b0e160b76p-19,
     -0x1.effc1c493f086p-18, -0x1.36e220c862b77p-19, -0x1.99a77b2ccb22cp-22, -0x1.4e608ad1ce8bdp-25,
     -0x1.680dbfdc57310p-29, -0x1.082d9208d640dp-33, -0x1.0d63598200b4ap-38, -0x1.82c8316551e2ap-44},
    {0x1.e3d728f0c4a39p-13, -0x1.45c1f9e7f73c5p-18, -0x1.6a028dce3d8d8p-13, 0x1.703e9886e1adbp-20,
     0x1.2f8672f6efe9ep-14, 0x1.bb2385800a27cp-18, -0x1.0c0da1c47537dp-16, -0x1.1e51760cdc49ep-18,
     0x1.1b3121237b75ap-20, 0x1.81b14714947cdp-21, 0x1.56897107f03fbp-23, 0x1.534b67396f8a0p-26,
     0x1.a7457adc2059fp-30, 0x1.5e5937837c3b7p-34, 0x1.8c003b45ac8c0p-39, 0x1.372472c319f4dp-44},
    {0x1.435c300e5dbb6p-21, -0x1.04ff787863647p-14, 0x1.670b44ed2e732p-17, 0x1.198d6a3a647a2p-15,
     -0x1.bce59df7e5696p-18, -0x1.601172fe1d982p-17, 0x1.0743a2007fefcp-20, 0x1.0561373d29b7ap-19,
     0x1.a3c40f5a8c3cep-23, -0x1.3d24dd5a83dc0p-23, -0x1.ca0279b71b5e5p-25, -0x1.2161c75ae3fabp-27,
     -0x1.abb0cc8081bb2p-31, -0x1.947984cd00589p-35, -0x1.ff10f4e3c50f4p-40, -0x1.ba47e55d25d52p-45},
    {-0x1.55b6109f441adp-16, 0x1.c7a1274648ef8p-19, 0x1.b099d06f4c922p-17, -0x1.4eb35281fc6dcp-18,
     -0x1.3358b4f7d2a30p-18, 0x1.0f2fad28abed3p-19, 0x1.11557fc3454b6p-20, -0x1.584e553146e30p-22,
     -0x1.61f1e06c9513fp-23, 0x1.bddbc17fc04ecp-28, 0x1.cdc45d3a0c8f7p-27, 0x1.a0b41f6872206p-29,
     0x1.7db95cade16c1p-32, 0x1.a843d37ca7d2bp-36, 0x1.3246fab16cabbp-40, 0x1.29a44292b68d8p-45},
    {0x1.19fd396d26c7bp-19, 0x1.2d7a2f93b4f30p-18, -0x1.06ec1f90b4707p-19, -0x1.eb8e3a557ee90p-20,
     0x1.61d9096f7a29fp-20, 0x1.6047f95c77c90p-22, -0x1.75113fdba2374p-22, -0x1.7bdad5ed68f69p-25,
     0x1.7ef67b0d82798p-25, 0x1.1f1a076c8b8dep-27, -0x1.1a9567b2676c7p-29, -0x1.dc1ea46384aa6p-31,
     -0x1.1a2f14f8ee5a7p-33, -0x1.73ec299596db6p-37, -0x1.321180b300672p-41, -0x1.4b5f401224134p-46}};

}  // namespace tepui::kernels::math
