"""A valid value for every argument, by its name or by "function.name", from which wrong ones are made. Handles are made by
the function that makes them, with the values here; the named ones below are for arguments that need another one."""

import ctypes
import math
import random

from library import Call, Output

NAN = float("nan")

# Sizes, indices and other numbers.
NUMBERS = {
    "n": 12, "d": 2, "m": 2, "p": 2, "r": 2, "width": 2, "rows": 3, "count": 2, "samples": 2, "max_steps": 400,
    "ldx": 3, "ldw": 3, "ldz": 14, "ldc": 13, "ld": 8,
    "neuron": 1, "index": 0, "size": 1, "rank": 0, "branch": 1, "sample": 0, "number": 1,
    "outputs": 1, "classes": 3, "flags": 0, "parameter": 0.0, "morse_index": 0, "nullity": -1, "convex": 1,
    "hidden_biases": 0.01, "output_biases": 0.0, "skip": 0.0, "tepui_dataset_set_decay.weights": 0.01,
    "tepui_dataset_set_decay.outputs": 0.01,
    "polynomial": 0, "flat_on_negatives": 0, "weighted": 0,
    "slope": 0.25, "epsilon": 0.01, "initial_scale": 1e-3, "tepui_classify_added_neuron.a": 0.0,
    "tepui_map_critical_set.samples": 1,
    "tepui_embed.m": 4, "tepui_embed_outputs.m": 4, "tepui_map_critical_set.m": 3,
    "tepui_context_set_integer.value": 1, "tepui_context_set_real.value": 1e-8,
}
# Where the first enumerator will not do.
ENUMERATORS = {
    "smoothness": "TEPUI_SMOOTHNESS_ANALYTIC", "parity": "TEPUI_PARITY_ODD",
    "tepui_context_set_real.option": "TEPUI_OPTION_STATIONARITY", "tepui_context_get_real.option": "TEPUI_OPTION_STATIONARITY",
    "tepui_context_real_bounds.option": "TEPUI_OPTION_STATIONARITY",
}
# Lengths of output arrays that the descriptions give by the index of an element.
LENGTHS = {
    "hessian": "(P - 1) * ld + P", "inner_hessian": "(d - 1) * ld + d", "inner_hessians": "m * d * d", "slopes": "m * d", "gram": "rows * d * d",
    "values": "count * d", "vectors": "count * d * d", "inputs": "d",
    **{f"tepui_hidden_layer.{name}": "(m - 1) * ldz + n" for name in ("z", "value", "first", "second")},
    **{f"tepui_activation_evaluate.{name}": "count" for name in ("value", "first", "second", "third")},
    "tepui_witness_point.parameters": "(m + 1) * (d + 1)", "tepui_layer_way_down.w": "r * d", "tepui_layer_way_down.a": "r",
}
STRINGS = {
    "tepui_activation_create_named.name": b"gelu", "tepui_force_isa.name": b"", "path": b"neurons", "tepui_report_real.path": b"loss",
    "tepui_report_integer.path": b"verdict", "tepui_report_boolean.path": b"strict", "tepui_report_text.path": b"reason",
    "tepui_report_reals.path": b"a", "tepui_report_integers.path": b"whole/groups/0/neurons", "tepui_report_name.path": b"hessian",
}
CALLBACKS = {"tepui_activation_function": "activation", "tepui_chunk_function": "chunk", "tepui_loss_function": "loss",
             "tepui_progress_function": "progress", "tepui_send_function": "send", "tepui_receive_function": "receive",
             "tepui_allocate_function": "allocate", "tepui_release_function": "release"}
# Arguments that need a handle made in another way.
HANDLES = {
    "tepui_classify_directional.network": "relu network", "tepui_classify_several_outputs.network": "relu network",
    "tepui_classify_directional_model.network": "relu network", "tepui_split_homogeneous.network": "relu network",
    "tepui_trace_descent.activation": "relu activation", "tepui_trace_like.network": "relu network", "tepui_activation_is_relu_like.activation": "relu activation",
    **{f"tepui_dataset_set_{what}.dataset": "data set of its own" for what in ("targets", "classes", "custom_loss", "decay")},
    "tepui_network_set_activation.network": "network of its own",
    "tepui_witness": "witness", "tepui_network": "network", "tepui_inspect_layer.dataset": "layer data set",
    "tepui_directional": "directional", "tepui_dataset_destroy.dataset": None,
}


class Samples(ctypes.Structure):
    _fields_ = [("columns", ctypes.c_int64), ("x", ctypes.c_void_p), ("y", ctypes.c_void_p)]


class NoValue(Exception):
    pass


class World:
    """Handles and arrays of one problem. custom: activations and data sets are the caller's functions."""

    def __init__(self, library, custom=False):
        self.library, self.headers, self.custom = library, library.headers, custom
        numbers = random.Random(5)
        self.x = [[numbers.gauss(0, 1) for _ in range(2)] for _ in range(12)]
        self.y = [1.5 * math.tanh(u + 0.5 * v) - math.tanh(0.3 * u - v) + 0.4 * numbers.gauss(0, 1) for u, v in self.x]
        self.made, self.kept = {}, []
        self.context = self.new_context()
        self.making = self.new_context()
        self.arrays = {
            "y": self.y, "weights": [1.0 + k % 3 for k in range(12)], "gamma": [0.25, 0.75], "gammas": [0.25, 0.75, 0.5, 0.5],
            "parameters": [0.5, -0.25, 1.0, 0.75, 1.5, -0.5], "neurons": [0, 1], "offsets": [0, 2, 4], "kappa": [1.0, 1.0], "direction": [1.0, -2.0, 0.5, 0.25, 1.0, 3.0],
            "labels": [k % 3 for k in range(12)],
            "v": [0.5, -1.0], "z": [-1.0, 0.25], "c": self.strided([[0.5 + k % 2 for k in range(12)]] * 3, 13),
            "x": self.strided(self.x, 3), "w": self.strided([[0.3, -0.8], [0.6, 0.9]], 3), "a": [1.2, -0.7],
            "tepui_symmetric_eigen.a": [2.0, NAN, 0.5, 1.0, -1.0, NAN, 0.25, 3.0],
            "targets": [value for value in self.y for _ in range(2)], "tepui_classify_several_outputs.a": [0.5, 1.0, -1.0, 0.75],
            "tepui_classify_added_neuron.w": [0.5, 0.5],
            "kink_offsets": [0, 1, 2], "kink_samples": [3, 5],
            "role": [3, 1, 1, 3], "group": [0, 0, 1, 0], "sign": [1, 1, 1, 1], "coefficient": [0.5, 1.0, 1.0, -0.5],
            **{f"{name}.w": self.strided([[0.3, 0.4], [NAN, NAN], [NAN, NAN], [0.3, 0.4]], 3)
               for name in ("tepui_embed", "tepui_embed_outputs")},
            "tepui_embed_outputs.outputs": [0.5, 0.0, 0.0, -0.5],
        }

    @staticmethod
    def strided(rows, stride):
        """Rows with a leading dimension; what lies between is never to be read."""
        gap = [NAN] * (stride - len(rows[0]))
        return [value for row in rows for value in row + gap][: len(rows) * stride - len(gap)]

    def new_context(self, hooked=True, **options):
        context = ctypes.c_void_p()
        if hooked:
            made = self.library.entries["tepui_context_create_with_allocator"](
                self.library.callback("allocate"), self.library.callback("release"), None, ctypes.addressof(context))
        else:
            made = self.library.entries["tepui_context_create"](ctypes.addressof(context))
        if made != 0:
            raise AssertionError("no context")
        self.set_options(context.value, **{"THREADS": 1, "WAYS_DOWN": 1, "SOLVE_STARTS": 8, **options})
        return context.value

    def set_options(self, context, **options):
        for option, value in options.items():
            number = self.headers.enumerators["tepui_option"][f"TEPUI_OPTION_{option}"]
            if self.library.entries["tepui_context_set_integer"](context, number, value) != 0:
                raise AssertionError(option)

    # ---- Handles ----
    def make(self, name, context=None, **changed):
        """What this function makes of valid values."""
        function = self.headers.functions[name]
        call = self.call(function, **{"context": context or self.making, **changed})
        self.kept.append(call)
        status = call()
        if status != 0:
            raise NoValue(f"{name} is {self.library.statuses[status]}: {self.library.message(context or self.making)}")
        return call.made_by[0].pointers()[0]

    def maker(self, kind):
        """The function that makes handles of this kind from valid values."""
        if self.custom and kind == "tepui_activation":
            return "tepui_activation_create_custom"
        for function in self.headers.functions.values():
            last = [one for one in function.parameters if one.stars == 2 and not one.const and one.base == kind]
            if function.returns == "tepui_status" and last and kind != "tepui_context":
                return function.name
        raise NoValue(f"nothing makes a {kind}")

    def handle(self, name):
        if name not in self.made:
            special = "make_" + name.replace(" ", "_").replace("-", "_")
            if hasattr(self, special):
                self.made[name] = getattr(self, special)()
            else:
                self.made[name] = self.make(self.maker(name))
        return self.made[name]

    def array(self, kind, values):
        return self.library.locked(kind, values)

    def network_of(self, activation, d, m, parameters):
        doubles = ctypes.c_double
        return self.make("tepui_network_create", activation=activation, m=m, d=d, ldw=d,
                         w=self.array(doubles, parameters[: m * d]), a=self.array(doubles, parameters[m * d:]))

    def parameters(self, network):
        count = self.library.entries["tepui_network_parameter_count"](network)
        return list((ctypes.c_double * count).from_address(self.library.entries["tepui_network_parameters"](network)))

    def solved(self, activation):
        """The deepest of several stationary points, as a network of its own."""
        built_in = self.make("tepui_activation_create", kind=self.headers.enumerators["tepui_activation_kind"]["TEPUI_ACTIVATION_TANH"])
        searched = activation if not self.custom else built_in
        solution = self.make("tepui_solve", activation=searched, dataset=self.in_memory())
        network = self.library.entries["tepui_solution_point"](solution, 0)
        if not network:
            raise NoValue("the search found no stationary point")
        return self.network_of(activation, 2, 2, self.parameters(network))

    def make_tepui_dataset(self):
        return self.make("tepui_dataset_create_chunked", weighted=0) if self.custom else self.in_memory()

    def in_memory(self):
        if "in memory" not in self.made:
            self.made["in memory"] = self.make("tepui_dataset_create", weights=None)
        return self.made["in memory"]

    def make_data_set_of_its_own(self):
        return self.make("tepui_dataset_create", weights=None)

    def make_layer_data_set(self):
        """The residuals at the stationary network as what pulls at its outputs."""
        residuals = (ctypes.c_double * 12)()
        if self.library.entries["tepui_outputs"](self.making, self.in_memory(), self.handle("network"), None, ctypes.addressof(residuals)) != 0:
            raise NoValue("a network has no residuals")
        data = self.make("tepui_dataset_create", weights=None)
        if self.library.entries["tepui_dataset_set_targets"](self.making, data, 1, 0.0, 1, ctypes.addressof(residuals)) != 0:
            raise NoValue("a data set takes no targets")
        return data

    def make_restless_layer(self):
        return self.make("tepui_inspect_layer", dataset=self.in_memory(), network=self.handle("restless network"))

    def make_network_of_its_own(self):
        return self.network_of(self.handle("tepui_activation"), 2, 2, [0.3, -0.8, 0.6, 0.9, 1.2, -0.7])

    def make_network(self):
        return self.solved(self.handle("tepui_activation"))

    def make_relu_activation(self):
        return self.make("tepui_activation_create", kind=self.headers.enumerators["tepui_activation_kind"]["TEPUI_ACTIVATION_RELU"])

    def make_relu_network(self):
        relu = self.handle("relu activation")
        solution = self.make("tepui_solve", activation=relu, dataset=self.in_memory())
        network = self.library.entries["tepui_solution_point"](solution, 0)
        return self.network_of(relu, 2, 2, self.parameters(network)) if network else None

    def make_other_network(self):
        return self.network_of(self.handle("tepui_activation"), 3, 1, [0.5, 0.25, -1.0, 1.0])

    def make_empty_network(self):
        return self.network_of(self.handle("tepui_activation"), 2, 0, [])

    def make_restless_network(self):
        return self.network_of(self.handle("tepui_activation"), 2, 2, [0.3, -0.8, 0.6, 0.9, 1.2, -0.7])

    def make_restless_relu_network(self):
        return self.network_of(self.handle("relu activation"), 2, 2, [0.3, -0.8, 0.6, 0.9, 1.2, -0.7])

    def make_other_dataset(self):
        x = [row + [row[0] - row[1]] for row in self.x]
        return self.make("tepui_dataset_create", d=3, x=self.array(ctypes.c_double, self.strided(x, 3)))

    def make_restless_analysis(self):
        return self.make("tepui_analyze", network=self.handle("restless network"))

    def make_analysis_of_neurons(self):
        return self.make("tepui_analyze", context=self.new_context(ANALYSIS_SCOPE=2))

    def make_matrix_free_analysis(self):
        return self.make("tepui_analyze", context=self.new_context(HESSIAN_METHOD=2), dataset=self.in_memory())

    def make_directional(self):
        return self.make("tepui_classify_directional", kink_offsets=None, kink_samples=None)

    def make_restless_directional(self):
        return self.make("tepui_classify_directional", network=self.handle("restless relu network"))

    def make_restless_certificate(self):
        return self.make("tepui_certify", analysis=self.handle("restless analysis"))

    def make_restless_network_verdict(self):
        return self.make("tepui_classify_network", network=self.handle("restless network"))

    def make_tepui_report(self):
        """Of a network verdict."""
        report = ctypes.c_void_p()
        verdict = self.handle("tepui_network_verdict")
        if self.library.entries["tepui_network_verdict_report"](self.making, verdict, ctypes.addressof(report)) != 0:
            raise NoValue("a network verdict has no report")
        return report.value

    def make_critical_set_without_samples(self):
        return self.make("tepui_map_critical_set", samples=0)

    def make_solution_of_dependent_inputs(self):
        return self.make("tepui_solve", dataset=self.handle("other dataset"))

    def make_witness(self):
        for gamma in ([2.0, -1.0], [0.25, 0.75]):
            verdict = self.make("tepui_classify_split", gamma=self.array(ctypes.c_double, gamma))
            witness = self.library.entries["tepui_split_verdict_witness"](verdict)
            if witness:
                return witness
        raise NoValue("no split is a saddle")

    # ---- Arguments ----
    def chosen(self, table, function, name):
        return table.get(f"{function.name}.{name}", table.get(name))

    def call(self, function, **changed):
        """A call of the function with valid arguments."""
        arguments = {}
        for one in function.parameters:
            arguments[one.name] = changed[one.name] if one.name in changed else self.argument(function, one, arguments)
        return Call(self.library, function, arguments)

    def argument(self, function, one, before):
        if one.name == "user":
            return self.user(function)
        if one.base in self.headers.callbacks:
            return self.library.callback(CALLBACKS[one.base])
        if one.is_output and not (one.stars == 1 and one.base in self.headers.handles):
            return Output(self.library, one, self.length(function, one, before))
        if one.base in self.headers.handles:
            return self.handle_for(function, one)
        if one.base == "char":
            text = self.chosen(STRINGS, function, one.name)
            return None if text is None else self.array(ctypes.c_char, list(text + b"\0"))
        if one.is_input_array:
            values = self.values_of(function, one)
            return self.array(self.library.scalar(one.base), values)
        value = self.chosen(NUMBERS, function, one.name)
        if one.base in self.headers.enumerators:
            enumerators = self.headers.enumerators[one.base]
            return enumerators[self.chosen(ENUMERATORS, function, one.name) or next(iter(enumerators))]
        if value is None:
            raise NoValue(f"{function.name}: no value for {one.base} {one.name}")
        return value

    def values_of(self, function, one):
        """The elements of an input array."""
        if function.name == "tepui_classify_replication" and one.name == "a":
            total = self.parameters(self.handle("relu network"))[-1]
            return [0.25 * total, 0.75 * total]
        values = self.chosen(self.arrays, function, one.name)
        if values is None:
            raise NoValue(f"{function.name}: no values for the array {one.name}")
        return values

    def handle_for(self, function, one):
        if one.base == "tepui_context":
            return self.context
        chosen = HANDLES.get(f"{function.name}.{one.name}", HANDLES.get(one.base, one.base))
        return self.handle(chosen)

    def user(self, function):
        if not any(one.base == "tepui_chunk_function" for one in function.parameters):
            return None
        if "user" not in self.made:
            self.samples = Samples(2, self.array(ctypes.c_double, sum(self.x, [])), self.array(ctypes.c_double, self.y))
            self.made["user"] = ctypes.addressof(self.samples)
        return self.made["user"]

    def length(self, function, one, before):
        """How many elements an output has: of the table above or of the description; without brackets there it is one."""
        known = {"n": 12, "d": 2, "m": 2, "p": 2, "P": 6, **{name: value for name, value in before.items() if isinstance(value, int)},
                 **{name: self.chosen(NUMBERS, function, name) for name in (parameter.name for parameter in function.parameters)
                    if isinstance(self.chosen(NUMBERS, function, name), int)}}
        text = self.chosen(LENGTHS, function, one.name) or function.shape(one.name)
        if text is None:
            return 1
        try:
            return eval(text, {"__builtins__": {}}, known)
        except (NameError, SyntaxError):
            raise NoValue(f"{function.name}: no length for the array {one.name}[{text}]") from None
