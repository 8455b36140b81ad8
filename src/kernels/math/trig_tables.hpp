// atan on [0, 1]: pieces about j * 17 / 256, relative error 2^-55.5 besides the rounding of the leading term.
// sin(r) = r + r^3 p(r^2), cos(r) = 1 - r^2 / 2 + r^4 q(r^2) on |r| <= pi / 4: relative errors 2^-55.5,
// 2^-59.5. pi / 2 in parts of 32 bits (the last a full double): N times a part is exact for |N| <= 2^21.
// Written by fit_coefficients.py; do not edit.
#pragma once

#include <cstdint>

namespace tepui::kernels::math {

inline constexpr double kAtanStep = 0x1.1000000000000p-4;  // 17 / 256
inline constexpr double kAtanInvStep = 0x1.e1e1e1e1e1e1ep+3;
inline constexpr double kHalfPi = 0x1.921fb54442d18p+0;
inline constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;
inline constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;

alignas(64) inline constexpr double kHalfPiParts[4] = {0x1.921fb54400000p+0, 0x1.0b4611a600000p-34,
                                                       0x1.3198a2e000000p-69, 0x1.b839a252049c1p-104};

alignas(64) inline constexpr double kSinPoly[6] = {-0x1.5555555555555p-3,  0x1.1111111110bb1p-7,
                                                   -0x1.a01a019e8357dp-13, 0x1.71de37961e4c6p-19,
                                                   -0x1.ae600a926c89ap-26, 0x1.5e0af186af739p-33};

alignas(64) inline constexpr double kCosPoly[6] = {0x1.5555555555555p-5,  -0x1.6c16c16c16966p-10,
                                                   0x1.a01a019f4e867p-16, -0x1.27e4fa17a41b4p-22,
                                                   0x1.1eeb68b109173p-29, -0x1.907d7aebd5e3dp-37};

alignas(64) inline constexpr double kAtanPieces[11][16] = {
    {0x0.0p+0, 0x1.0f99ea71d52a7p-4, 0x1.0e6adccf40882p-3, 0x1.92ba37d050272p-3, 0x1.09dc597d86362p-2,
     0x1.4845a84d0c21bp-2, 0x1.84422b8df95d7p-2, 0x1.bd9281e528192p-2, 0x1.f40dd0b541418p-2,
     0x1.13cfbfb1b056ep-1, 0x1.2c2215e024466p-1, 0x1.430328e4b26d6p-1, 0x1.587d81f732fbbp-1,
     0x1.6c9f7855c3198p-1, 0x1.7f79eacb97898p-1, 0x1.911f35199833bp-1},
    {0x1.0000000000000p+0, 0x1.fdc089a49d2a9p-1, 0x1.f720132978badp-1, 0x1.ec749390b6afep-1,
     0x1.de4180d8b5ae6p-1, 0x1.cd28da0decfadp-1, 0x1.b9dac19ba64d6p-1, 0x1.a506688478403p-1,
     0x1.8f4e2f2efd135p-1, 0x1.793fccf9bee6cp-1, 0x1.635061ad38da0p-1, 0x1.4ddbbbde829f5p-1,
     0x1.3925e1cd28c98p-1, 0x1.255df0a431fbdp-1, 0x1.12a1920604825p-1, 0x1.01007fffbfbfep-1},
    {-0x1.ef524f79a7c63p-60, -0x1.0d9de9da73e1dp-4, -0x1.06a70011b81fdp-3, -0x1.7971fe659b3dep-3,
     -0x1.daa81c655a596p-3, -0x1.13d4793bb8da8p-2, -0x1.2fdd1c390a5c9p-2, -0x1.41df2b430f4acp-2,
     -0x1.4ae10df24b2d1p-2, -0x1.4c40a12f7e51fp-2, -0x1.477c9567a6652p-2, -0x1.3e0b0f941711ap-2,
     -0x1.313ee1af2c622p-2, -0x1.223995648fb1fp-2, -0x1.11e721dfe6ba4p-2, -0x1.00fffefebf400p-2},
    {-0x1.5555555555537p-2, -0x1.4c669d13ea05cp-2, -0x1.32c01802fc08bp-2, -0x1.0b8e2c6b0530ep-2,
     -0x1.b69e91974fea3p-3, -0x1.4dd98bfb5c9adp-3, -0x1.cb9adc0e9982ap-4, -0x1.0b0dfb173ac5ep-4,
     -0x1.8d31fd7365cf3p-6, 0x1.38be8839d2e20p-7, 0x1.26b901535adb3p-5, 0x1.c6d292deef651p-5,
     0x1.1ab59c7f683dfp-4, 0x1.3d64afada889ap-4, 0x1.4fa57d5fcbb30p-4, 0x1.55514ea5aaae7p-4},
    {-0x1.6a1a3d56007cbp-41, 0x1.0a13778937268p-4, 0x1.f24deb59594f4p-4, 0x1.4f520f0432054p-3,
     0x1.80ee69dcd2639p-3, 0x1.8e33f99496e59p-3, 0x1.7cc28fdcbfdf1p-3, 0x1.553d9719997e0p-3,
     0x1.20e80b756768cp-3, 0x1.cfcb6360bfebcp-4, 0x1.60ab15105d8b8p-4, 0x1.f8958496c1ddfp-5,
     0x1.4d693a7039120p-5, 0x1.845e421c2d043p-6, 0x1.56283e93a1759p-7, 0x1.02827ffc7ab98p-11},
    {0x1.9999999ded977p-3, 0x1.7f0e779a00ccap-3, 0x1.35b16070a4ad3p-3, 0x1.9c0393e46b72fp-4,
     0x1.740d7653af9dap-5, -0x1.43d59b6b3bc5dp-8, -0x1.69f3919551a11p-5, -0x1.1da42d13a7312p-4,
     -0x1.5092724e856c9p-4, -0x1.581003f8ce3b5p-4, -0x1.4165ba01608b1p-4, -0x1.193ebb76a8d35p-4,
     -0x1.d37d6391a2543p-5, -0x1.73ea98445f7bcp-5, -0x1.1c4b5f0bddf63p-5, -0x1.a1a5997cfe93fp-6},
    {-0x1.e6e5053621402p-27, -0x1.05062cd89eadfp-4, -0x1.cd2bfe4002fdbp-4, -0x1.18cda0d6d7abdp-3,
     -0x1.162bf4b6a96ccp-3, -0x1.d420db7997c25p-4, -0x1.4e697e79911e8p-4, -0x1.80554353fc222p-5,
     -0x1.100881b289e92p-6, 0x1.8b31eb79b0620p-8, 0x1.4ec67967be038p-6, 0x1.c66097c4a43c2p-6,
     0x1.e7982f2282365p-6, 0x1.d0dea730dd7b0p-6, 0x1.9b641e48e1b93p-6, 0x1.5955428083157p-6},
    {-0x1.2491c6dc7afa8p-3, -0x1.019e34c130da4p-3, -0x1.4b921a2ebc04ep-4, -0x1.8a56e902cda17p-6,
     0x1.c213ccd11ab9ap-6, 0x1.fa09dc62c7e62p-5, 0x1.34ae09531dec8p-4, 0x1.25b31f49f6143p-4,
     0x1.d797f8d6cd9c7p-5, 0x1.44ddbe1fab374p-5, 0x1.74c8918694718p-6, 0x1.31e9c52853908p-7,
     0x1.129d092b878aap-14, -0x1.670bb9bb13efep-8, -0x1.0bade463edce5p-7, -0x1.248221017cf20p-7},
    {-0x1.5952ab5b4871fp-15, 0x1.fd0adc9355b7ap-5, 0x1.9f9c8052d70ecp-4, 0x1.b62ef4bf8ee04p-4,
     0x1.54e688fd15fefp-4, 0x1.6fa0a799fc37bp-5, 0x1.eb40a1acb480dp-8, -0x1.37cc1e6aa866bp-6,
     -0x1.065f83110725fp-5, -0x1.15a6b583378d4p-5, -0x1.dae20bdc3b640p-6, -0x1.5db5de75becbbp-6,
     -0x1.c129680b10ef9p-7, -0x1.e84958e2b8449p-8, -0x1.8599f4f8b11a2p-9, -0x1.04878bd5975c0p-13},
    {0x1.cb6f5940f29e1p-4, 0x1.70518cc5056a2p-4, 0x1.39c1b6817d624p-5, -0x1.2c380ee3af790p-6,
     -0x1.cee2d47e95d72p-5, -0x1.1271c40029ed2p-4, -0x1.c3734af6d86aep-5, -0x1.0dcc15f7523edp-5,
     -0x1.748060bb15d47p-7, 0x1.ed4fafe42b259p-9, 0x1.769b93e591e30p-7, 0x1.b47d3eec70e7dp-7,
     0x1.83eb02496950bp-7, 0x1.26b045a2feff3p-7, 0x1.8c3e6799cfa41p-8, 0x1.d7c7a1f61c211p-9},
    {-0x1.ebab984ccccebp-7, -0x1.ebfb785599d7bp-5, -0x1.6ac2a6760f7c7p-4, -0x1.369867d53fac4p-4,
     -0x1.2e1fe5b4c712bp-5, 0x1.e8019771614c1p-9, 0x1.d9183895416adp-6, 0x1.1fa6010194ac3p-5,
     0x1.d179024716b34p-6, 0x1.15fc73b767010p-6, 0x1.b07014fcf5d45p-8, -0x1.2b42aae09b640p-12,
     -0x1.e17bd213a315ap-9, -0x1.2c89f44dafd40p-8, -0x1.0fc046f65c0aep-8, -0x1.a19643267d54bp-9}};

}  // namespace tepui::kernels::math
