#!/bin/sh
# Fits one tanh neuron to a sine, then asks what splitting it in two does.
set -eu
awk 'BEGIN { print "x,y"; for (k = 0; k < 50; ++k) { x = -2 + 0.08 * k; printf "%.17g,%.17g\n", x, sin(x) } }' >sine.csv
tepui analyze sine.csv --target y --width 1 --activation tanh --out fits
tepui classify sine.csv --target y --weights fits/point_1_W.npy fits/point_1_a.npy --activation tanh \
    --neuron 0 --gamma 0.4,0.6 --gamma 1.5,-0.5
