"""What a report must satisfy whatever the data: the theorems of MATH.md section 4, read off the JSON."""

MINIMA_OF = {"positive_definite": "gamma_plus", "negative_definite": "gamma_minus", "indefinite": "none"}
SADDLES_OF = {"positive_definite": "off_gamma_plus", "negative_definite": "off_gamma_minus",
              "indefinite": "everywhere"}


def definiteness_of(inertia):
    negative, zero, positive = inertia["negative"], inertia["zero"], inertia["positive"]
    if negative and positive:
        return "indefinite"
    if negative:
        return "negative_semidefinite" if zero else "negative_definite"
    if positive:
        return "positive_semidefinite" if zero else "positive_definite"
    return "zero"


def region_of(gamma):
    positive = sum(g > 0 for g in gamma)
    negative = sum(g < 0 for g in gamma)
    if positive == len(gamma):
        return "gamma_plus"
    return "gamma_minus" if positive == 1 and negative == len(gamma) - 1 else "neither"


def check_witness(test, witness):
    test.assertIn(witness["order"], (1, 2, 3, 4, 5, 6))
    test.assertLess(witness["predicted"], 0.0)
    test.assertLess(witness["measured"], 0.0)
    test.assertLess(witness["measured_error"], -witness["measured"])


def check_spectrum(test, spectrum, size):
    test.assertEqual(sum(spectrum["inertia"].values()), size)
    test.assertLessEqual(spectrum["lambda_min"], spectrum["lambda_max"])
    if spectrum["inertia"]["negative"]:
        test.assertLess(spectrum["lambda_min"], 0.0)
    if spectrum["inertia"]["positive"]:
        test.assertGreater(spectrum["lambda_max"], 0.0)
    if spectrum["inertia"]["zero"] < size:
        test.assertGreaterEqual(spectrum["margin"], 1.0)


def check_neuron(test, neuron, inputs, point):
    inner = neuron["inner_hessian"]
    check_spectrum(test, inner, inputs)
    test.assertEqual(neuron["definiteness"], definiteness_of(inner["inertia"]))
    if point["verdict"] == "local_minimum" and not point["global"] and neuron["definiteness"] in MINIMA_OF:
        test.assertEqual(neuron["local_minima"], MINIMA_OF[neuron["definiteness"]])
        test.assertEqual(neuron["saddles"], SADDLES_OF[neuron["definiteness"]])
    if point["verdict"] == "saddle":
        test.assertEqual(neuron["local_minima"], "none")
        test.assertEqual(neuron["saddles"], "everywhere")
    if neuron["saddles"] != "none":
        test.assertIsNotNone(neuron["best_escape"], "a plateau with saddles has a way down")
    if neuron["best_escape"]:
        gamma = neuron["best_escape"]["gamma"]
        test.assertAlmostEqual(sum(gamma), 1.0, places=12)
        test.assertNotEqual(region_of(gamma), neuron["local_minima"])
        check_witness(test, neuron["best_escape"]["witness"])


def check_point(test, point, model):
    test.assertTrue(point["stationary"])
    test.assertLessEqual(point["gradient_relative"], 1e-11)
    check_spectrum(test, point["hessian"], model["parameters"])
    inertia = point["hessian"]["inertia"]
    if inertia["negative"]:
        test.assertEqual(point["verdict"], "saddle")
    if inertia["positive"] == model["parameters"]:
        test.assertEqual((point["verdict"], point["strict"]), ("local_minimum", True))
    if point["verdict"] == "saddle":
        check_witness(test, point["witness"])
    else:
        test.assertIsNone(point["witness"])
    test.assertEqual(len(point["neurons"]), model["width"])
    for neuron in point["neurons"]:
        check_neuron(test, neuron, model["inputs"], point)
