! tepui from Fortran: every function and constant of the C interface, which its headers describe. Written from them by
! src/fortran/write_module.py.
!
! Handles and texts are type(c_ptr): tepui_string(text) is a text as a character string. Sizes are integer(c_int64_t).
! Samples and weights are contiguous: x(d, n), w(d, m). What may be null in C is optional here, to be left out (with
! keywords for what follows). Texts that go in end with c_null_char. Indices count from 0, as in C.
! Upper and lower case are the same here: constants named as a function is end in _KIND (TEPUI_REPORT_REAL_KIND).
module tepui
    use, intrinsic :: iso_c_binding
    implicit none

    integer(c_int32_t), parameter :: TEPUI_VERSION_MAJOR = 0
    integer(c_int32_t), parameter :: TEPUI_VERSION_MINOR = 1
    integer(c_int32_t), parameter :: TEPUI_VERSION_PATCH = 0

    ! tepui_certificate_step
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_NONE = 0
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_CLAIM = 1
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_APPROXIMATION = 2
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_EXISTENCE = 3
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_HESSIAN = 4
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_LOSS = 5
    integer(c_int32_t), parameter :: TEPUI_CERTIFICATE_INNER_HESSIAN = 6

    ! tepui_verdict
    integer(c_int32_t), parameter :: TEPUI_VERDICT_LOCAL_MINIMUM = 1
    integer(c_int32_t), parameter :: TEPUI_VERDICT_SADDLE = 2
    integer(c_int32_t), parameter :: TEPUI_VERDICT_UNDETERMINED = 3
    integer(c_int32_t), parameter :: TEPUI_VERDICT_NOT_STATIONARY = 4
    integer(c_int32_t), parameter :: TEPUI_VERDICT_INDICATED_MINIMUM = 5

    ! tepui_rule
    integer(c_int32_t), parameter :: TEPUI_RULE_GRADIENT_TEST = 1
    integer(c_int32_t), parameter :: TEPUI_RULE_ZERO_LOSS = 2
    integer(c_int32_t), parameter :: TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE = 3
    integer(c_int32_t), parameter :: TEPUI_RULE_HESSIAN_NEGATIVE_EIGENVALUE = 4
    integer(c_int32_t), parameter :: TEPUI_RULE_NULL_NEURON = 5
    integer(c_int32_t), parameter :: TEPUI_RULE_DEGENERATE_HESSIAN = 6
    integer(c_int32_t), parameter :: TEPUI_RULE_CANCELLED_GROUP = 7
    integer(c_int32_t), parameter :: TEPUI_RULE_EVERY_GROUP_MINIMUM = 8
    integer(c_int32_t), parameter :: TEPUI_RULE_SMALLEST_RITZ_VALUE = 9
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE = 10
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_1_NEGATIVE_DEFINITE = 11
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_1_INDEFINITE = 12
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_3_EFFECTIVE = 14
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_3_CONSTANT = 15
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_4 = 16
    integer(c_int32_t), parameter :: TEPUI_RULE_LEMMA_4 = 17
    integer(c_int32_t), parameter :: TEPUI_RULE_THIRD_ORDER = 18
    integer(c_int32_t), parameter :: TEPUI_RULE_THEOREM_1_ACROSS_SYMMETRY = 19
    integer(c_int32_t), parameter :: TEPUI_RULE_SEMIDEFINITE_INNER_HESSIAN = 20
    integer(c_int32_t), parameter :: TEPUI_RULE_ZERO_INNER_HESSIAN = 21
    integer(c_int32_t), parameter :: TEPUI_RULE_NARROW_POINT_UNDETERMINED = 22
    integer(c_int32_t), parameter :: TEPUI_RULE_SYMMETRY_ORBIT = 23
    integer(c_int32_t), parameter :: TEPUI_RULE_FOURTH_ORDER = 24
    integer(c_int32_t), parameter :: TEPUI_RULE_SEVERAL_FOURTH_ORDER = 25
    integer(c_int32_t), parameter :: TEPUI_RULE_LEAST_SQUARES_FIT = 26
    integer(c_int32_t), parameter :: TEPUI_RULE_RESIDUALS_WITHIN_SLACK = 27
    integer(c_int32_t), parameter :: TEPUI_RULE_NEURONS_ALONE = 30
    integer(c_int32_t), parameter :: TEPUI_RULE_KINK = 34
    integer(c_int32_t), parameter :: TEPUI_RULE_OUTPUT_SLOPES = 31
    integer(c_int32_t), parameter :: TEPUI_RULE_OPEN_OUTPUT_SLOPES = 32
    integer(c_int32_t), parameter :: TEPUI_RULE_DEGENERATE_NARROW_MINIMUM = 33
    integer(c_int32_t), parameter :: TEPUI_RULE_GAUGE_ORBIT = 36
    integer(c_int32_t), parameter :: TEPUI_RULE_LEAST_CONVEX_LOSS = 37
    integer(c_int32_t), parameter :: TEPUI_RULE_DECAYED_SPLIT = 38

    ! tepui_definiteness
    integer(c_int32_t), parameter :: TEPUI_POSITIVE_DEFINITE = 1
    integer(c_int32_t), parameter :: TEPUI_NEGATIVE_DEFINITE = 2
    integer(c_int32_t), parameter :: TEPUI_INDEFINITE = 3
    integer(c_int32_t), parameter :: TEPUI_POSITIVE_SEMIDEFINITE = 4
    integer(c_int32_t), parameter :: TEPUI_NEGATIVE_SEMIDEFINITE = 5
    integer(c_int32_t), parameter :: TEPUI_ZERO = 6

    ! tepui_plateau_type
    integer(c_int32_t), parameter :: TEPUI_PLATEAU_ALL_LOCAL_MINIMA = 1
    integer(c_int32_t), parameter :: TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES = 2
    integer(c_int32_t), parameter :: TEPUI_PLATEAU_ALL_SADDLES = 3
    integer(c_int32_t), parameter :: TEPUI_PLATEAU_UNDETERMINED = 4
    integer(c_int32_t), parameter :: TEPUI_PLATEAU_NOT_APPLICABLE = 5

    ! tepui_gamma_region
    integer(c_int32_t), parameter :: TEPUI_REGION_NONE = 0
    integer(c_int32_t), parameter :: TEPUI_REGION_GAMMA_PLUS = 1
    integer(c_int32_t), parameter :: TEPUI_REGION_GAMMA_MINUS = 2
    integer(c_int32_t), parameter :: TEPUI_REGION_OFF_GAMMA_PLUS = 3
    integer(c_int32_t), parameter :: TEPUI_REGION_OFF_GAMMA_MINUS = 4
    integer(c_int32_t), parameter :: TEPUI_REGION_EVERYWHERE = 5
    integer(c_int32_t), parameter :: TEPUI_REGION_WITH_A_ZERO = 6
    integer(c_int32_t), parameter :: TEPUI_REGION_NOT_NEGATIVE = 8
    integer(c_int32_t), parameter :: TEPUI_REGION_GAMMA_BOUNDARY = 9
    integer(c_int32_t), parameter :: TEPUI_REGION_FOURTH_ORDER_POSITIVE = 10
    integer(c_int32_t), parameter :: TEPUI_REGION_FOURTH_ORDER_NEGATIVE = 11

    ! tepui_neuron_method
    integer(c_int32_t), parameter :: TEPUI_NEURON_METHOD_AUTOMATIC = 0
    integer(c_int32_t), parameter :: TEPUI_NEURON_METHOD_SPECTRUM = 1
    integer(c_int32_t), parameter :: TEPUI_NEURON_METHOD_INERTIA = 2
    integer(c_int32_t), parameter :: TEPUI_NEURON_METHOD_MATRIX_FREE = 3

    ! tepui_precision
    integer(c_int32_t), parameter :: TEPUI_PRECISION_DOUBLE = 0
    integer(c_int32_t), parameter :: TEPUI_PRECISION_SINGLE = 1

    ! tepui_hessian_method
    integer(c_int32_t), parameter :: TEPUI_HESSIAN_METHOD_AUTOMATIC = 0
    integer(c_int32_t), parameter :: TEPUI_HESSIAN_METHOD_DENSE = 1
    integer(c_int32_t), parameter :: TEPUI_HESSIAN_METHOD_MATRIX_FREE = 2

    ! tepui_ways_down
    integer(c_int32_t), parameter :: TEPUI_WAYS_DOWN_NEEDED = 0
    integer(c_int32_t), parameter :: TEPUI_WAYS_DOWN_ALL = 1

    ! tepui_analysis_scope
    integer(c_int32_t), parameter :: TEPUI_SCOPE_COMPLETE = 1
    integer(c_int32_t), parameter :: TEPUI_SCOPE_NEURONS = 2

    ! tepui_traffic_item
    integer(c_int32_t), parameter :: TEPUI_TRAFFIC_PASSES = 1
    integer(c_int32_t), parameter :: TEPUI_TRAFFIC_ROUNDS = 2
    integer(c_int32_t), parameter :: TEPUI_TRAFFIC_MESSAGES = 3
    integer(c_int32_t), parameter :: TEPUI_TRAFFIC_BYTES_SENT = 4
    integer(c_int32_t), parameter :: TEPUI_TRAFFIC_BYTES_RECEIVED = 5

    ! tepui_option
    integer(c_int32_t), parameter :: TEPUI_OPTION_THREADS = 100
    integer(c_int32_t), parameter :: TEPUI_OPTION_SEED = 110
    integer(c_int32_t), parameter :: TEPUI_OPTION_GATHERED_VALUES = 120
    integer(c_int32_t), parameter :: TEPUI_OPTION_STATIONARITY = 200
    integer(c_int32_t), parameter :: TEPUI_OPTION_ROUNDING_FACTOR = 210
    integer(c_int32_t), parameter :: TEPUI_OPTION_ZERO_LOSS_FACTOR = 220
    integer(c_int32_t), parameter :: TEPUI_OPTION_NEURON_METHOD = 230
    integer(c_int32_t), parameter :: TEPUI_OPTION_ANALYSIS_SCOPE = 240
    integer(c_int32_t), parameter :: TEPUI_OPTION_HESSIAN_METHOD = 250
    integer(c_int32_t), parameter :: TEPUI_OPTION_GRAM_PRECISION = 255
    integer(c_int32_t), parameter :: TEPUI_OPTION_WAYS_DOWN = 257
    integer(c_int32_t), parameter :: TEPUI_OPTION_KINK_TOLERANCE = 260
    integer(c_int32_t), parameter :: TEPUI_OPTION_SIGN_BUDGET = 270
    integer(c_int32_t), parameter :: TEPUI_OPTION_SOLVE_TARGET = 300
    integer(c_int32_t), parameter :: TEPUI_OPTION_SOLVE_STARTS = 310
    integer(c_int32_t), parameter :: TEPUI_OPTION_SOLVE_MAX_ITERATIONS = 320
    integer(c_int32_t), parameter :: TEPUI_OPTION_SOLVE_TOLERANCE = 330
    integer(c_int32_t), parameter :: TEPUI_OPTION_SOLVE_DIVERGENCE = 340
    integer(c_int32_t), parameter :: TEPUI_OPTION_REDUCE_WEIGHTS = 400
    integer(c_int32_t), parameter :: TEPUI_OPTION_REDUCE_OUTPUTS = 410

    ! tepui_info_item
    integer(c_int32_t), parameter :: TEPUI_INFO_ISA = 1
    integer(c_int32_t), parameter :: TEPUI_INFO_ISAS = 2
    integer(c_int32_t), parameter :: TEPUI_INFO_THREADS = 3
    integer(c_int32_t), parameter :: TEPUI_INFO_BLAS = 4
    integer(c_int32_t), parameter :: TEPUI_INFO_BLAS_KERNELS = 5
    integer(c_int32_t), parameter :: TEPUI_INFO_LAPACK = 6
    integer(c_int32_t), parameter :: TEPUI_INFO_LAPACK_BLAS = 7
    integer(c_int32_t), parameter :: TEPUI_INFO_BLAS_REMEDY = 8
    integer(c_int32_t), parameter :: TEPUI_INFO_CERTIFICATES = 9
    integer(c_int32_t), parameter :: TEPUI_INFO_LINEAR_PROGRAMS = 10

    ! tepui_branch_content
    integer(c_int32_t), parameter :: TEPUI_BRANCH_GLOBAL_MINIMA = 1
    integer(c_int32_t), parameter :: TEPUI_BRANCH_LOCAL_MINIMA = 2
    integer(c_int32_t), parameter :: TEPUI_BRANCH_SADDLES = 3
    integer(c_int32_t), parameter :: TEPUI_BRANCH_MINIMA_AND_SADDLES = 4
    integer(c_int32_t), parameter :: TEPUI_BRANCH_SOME_MINIMA = 5
    integer(c_int32_t), parameter :: TEPUI_BRANCH_SOME_SADDLES = 6
    integer(c_int32_t), parameter :: TEPUI_BRANCH_UNDETERMINED = 7

    ! tepui_existence
    integer(c_int32_t), parameter :: TEPUI_EXISTENCE_FOUND = 1
    integer(c_int32_t), parameter :: TEPUI_EXISTENCE_PROVEN = 2
    integer(c_int32_t), parameter :: TEPUI_EXISTENCE_OPEN = 3

    ! tepui_branch_goal
    integer(c_int32_t), parameter :: TEPUI_GOAL_DEEPEST = 1
    integer(c_int32_t), parameter :: TEPUI_GOAL_FLATTEST = 2

    ! tepui_meeting
    integer(c_int32_t), parameter :: TEPUI_MEETING_YES = 1
    integer(c_int32_t), parameter :: TEPUI_MEETING_NO = 2
    integer(c_int32_t), parameter :: TEPUI_MEETING_UNDETERMINED = 3

    ! tepui_directional_rule
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_ZERO_LOSS = 1
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_OUTPUT_DERIVATIVE = 2
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_DESCENT_DIRECTION = 3
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_ESCAPE_NEURON = 4
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_NO_ESCAPE_NEURON = 5
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_UNDECIDED_NEURON = 6
    integer(c_int32_t), parameter :: TEPUI_DIRECTIONAL_UNDECIDED_NOT_MINIMUM = 7

    ! tepui_answer
    integer(c_int32_t), parameter :: TEPUI_ANSWER_YES = 1
    integer(c_int32_t), parameter :: TEPUI_ANSWER_NO = 2
    integer(c_int32_t), parameter :: TEPUI_ANSWER_UNDETERMINED = 3

    ! tepui_sign_method
    integer(c_int32_t), parameter :: TEPUI_SIGN_LINEAR = 1
    integer(c_int32_t), parameter :: TEPUI_SIGN_INDEPENDENT = 2
    integer(c_int32_t), parameter :: TEPUI_SIGN_ZONOTOPE = 3
    integer(c_int32_t), parameter :: TEPUI_SIGN_RAYS = 4
    integer(c_int32_t), parameter :: TEPUI_SIGN_SIGN_PATTERNS = 5
    integer(c_int32_t), parameter :: TEPUI_SIGN_ZERO_OUTPUT = 6

    ! tepui_sign_reason
    integer(c_int32_t), parameter :: TEPUI_SIGN_REASON_NONE = 0
    integer(c_int32_t), parameter :: TEPUI_SIGN_REASON_NO_LINEAR_PROGRAMS = 1
    integer(c_int32_t), parameter :: TEPUI_SIGN_REASON_BUDGET = 2
    integer(c_int32_t), parameter :: TEPUI_SIGN_REASON_ROUNDING = 3

    ! tepui_embedding_rule
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_ZERO_LOSS = 1
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_IDENTICALLY_ZERO = 2
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_POSITIVE_SHARES = 3
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_ZERO_SHARE = 4
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_OPPOSED_SHARES = 5
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_HELD_OUTPUT = 6
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_ADDED_ESCAPE = 7
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_ADDED_PSI = 8
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_ADDED_DESCENT = 9
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_UNDECIDED = 10
    integer(c_int32_t), parameter :: TEPUI_EMBEDDING_NARROW_UNDETERMINED = 11

    ! tepui_several_outputs_rule
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_ZERO_LOSS = 1
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_OUTPUT_DERIVATIVE = 2
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_DESCENT_DIRECTION = 3
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_NO_ESCAPE_NEURON = 4
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_ESCAPE_FALLS = 5
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_ESCAPE_OPEN = 6
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_UNDECIDED = 7
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_BESIDE_NEURONS = 8
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_FACE_MINIMUM = 9
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_FACE_FALLS = 10
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_FACE_OPEN = 11
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_DECAYED_NEURON_GROWS = 12
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_DECAYED_NEURON_OPEN = 13
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_DUAL_MINIMUM = 14
    integer(c_int32_t), parameter :: TEPUI_SEVERAL_OUTPUTS_SAMPLES_LET_GO = 15

    ! tepui_unit_kind
    integer(c_int32_t), parameter :: TEPUI_UNIT_NEURON = 1
    integer(c_int32_t), parameter :: TEPUI_UNIT_CHANNEL = 2
    integer(c_int32_t), parameter :: TEPUI_UNIT_LINEAR = 3
    integer(c_int32_t), parameter :: TEPUI_UNIT_SATURATED = 4
    integer(c_int32_t), parameter :: TEPUI_UNIT_RECTIFIED = 5
    integer(c_int32_t), parameter :: TEPUI_UNIT_EXPONENTIAL = 6
    integer(c_int32_t), parameter :: TEPUI_UNIT_CUBIC = 7
    integer(c_int32_t), parameter :: TEPUI_UNIT_EXPONENTIAL_CHANNEL = 8
    integer(c_int32_t), parameter :: TEPUI_UNIT_TRIPLE_CHANNEL = 9
    integer(c_int32_t), parameter :: TEPUI_UNIT_EXPONENTIAL_PAIR = 10
    integer(c_int32_t), parameter :: TEPUI_UNIT_QUADRATIC = 11
    integer(c_int32_t), parameter :: TEPUI_UNIT_SQUARE = 12
    integer(c_int32_t), parameter :: TEPUI_UNIT_ASYMPTOTE = 13

    ! tepui_end_verdict
    integer(c_int32_t), parameter :: TEPUI_END_MINIMUM = 1
    integer(c_int32_t), parameter :: TEPUI_END_SADDLE = 2
    integer(c_int32_t), parameter :: TEPUI_END_UNDETERMINED = 3

    ! tepui_end_rule
    integer(c_int32_t), parameter :: TEPUI_END_RULE_ZERO_LOSS = 1
    integer(c_int32_t), parameter :: TEPUI_END_RULE_DEFINITE = 2
    integer(c_int32_t), parameter :: TEPUI_END_RULE_NEGATIVE_EIGENVALUE = 3
    integer(c_int32_t), parameter :: TEPUI_END_RULE_FALLS_ACROSS = 4
    integer(c_int32_t), parameter :: TEPUI_END_RULE_NOT_STATIONARY = 5
    integer(c_int32_t), parameter :: TEPUI_END_RULE_DEGENERATE = 6
    integer(c_int32_t), parameter :: TEPUI_END_RULE_SIGN_OPEN = 7
    integer(c_int32_t), parameter :: TEPUI_END_RULE_NOT_MEASURED = 8
    integer(c_int32_t), parameter :: TEPUI_END_RULE_SEPARATED = 9
    integer(c_int32_t), parameter :: TEPUI_END_RULE_KINKED_MINIMUM = 10
    integer(c_int32_t), parameter :: TEPUI_END_RULE_KINKS_OPEN = 11

    ! tepui_loss_kind
    integer(c_int32_t), parameter :: TEPUI_LOSS_SQUARED = 1
    integer(c_int32_t), parameter :: TEPUI_LOSS_LOGISTIC = 2
    integer(c_int32_t), parameter :: TEPUI_LOSS_SOFTMAX = 3
    integer(c_int32_t), parameter :: TEPUI_LOSS_POISSON = 4
    integer(c_int32_t), parameter :: TEPUI_LOSS_PSEUDO_HUBER = 5
    integer(c_int32_t), parameter :: TEPUI_LOSS_CUSTOM = 64

    ! tepui_model_flags
    integer(c_int32_t), parameter :: TEPUI_MODEL_PLAIN = 0
    integer(c_int32_t), parameter :: TEPUI_MODEL_OUTPUT_BIAS = 1
    integer(c_int32_t), parameter :: TEPUI_MODEL_SKIP = 2

    ! tepui_activation_kind
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_TANH = 1
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SIGMOID = 2
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SOFTPLUS = 3
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_ERF = 4
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_GELU = 5
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SILU = 6
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SIN = 7
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_GAUSSIAN = 8
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SQUARE = 9
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_CUBE = 10
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_RELU3 = 11
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_ARCTAN = 12
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_IDENTITY = 13
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_EXP = 14
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_NORMAL_CDF = 15
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_GELU_TANH = 16
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SIGMOID_SOFTPLUS = 17
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_SELU = 18
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_RELU = 32
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_LEAKY_RELU = 33
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_ABS = 34
    integer(c_int32_t), parameter :: TEPUI_ACTIVATION_CUSTOM = 64

    ! tepui_smoothness
    integer(c_int32_t), parameter :: TEPUI_SMOOTHNESS_C2 = 2
    integer(c_int32_t), parameter :: TEPUI_SMOOTHNESS_C3 = 3
    integer(c_int32_t), parameter :: TEPUI_SMOOTHNESS_ANALYTIC = 4

    ! tepui_parity
    integer(c_int32_t), parameter :: TEPUI_PARITY_NONE = 0
    integer(c_int32_t), parameter :: TEPUI_PARITY_ODD = 1
    integer(c_int32_t), parameter :: TEPUI_PARITY_EVEN = 2

    ! tepui_dataset_flags
    integer(c_int32_t), parameter :: TEPUI_DATASET_BORROW = 0
    integer(c_int32_t), parameter :: TEPUI_DATASET_COPY = 1
    integer(c_int32_t), parameter :: TEPUI_DATASET_BIAS = 2
    integer(c_int32_t), parameter :: TEPUI_DATASET_MEAN_LOSS = 4

    ! tepui_group_kind
    integer(c_int32_t), parameter :: TEPUI_GROUP_PARENT = 1
    integer(c_int32_t), parameter :: TEPUI_GROUP_NULL = 2
    integer(c_int32_t), parameter :: TEPUI_GROUP_CANCELLED = 3

    ! tepui_neuron_role
    integer(c_int32_t), parameter :: TEPUI_NEURON_DAUGHTER = 1
    integer(c_int32_t), parameter :: TEPUI_NEURON_NULL = 2
    integer(c_int32_t), parameter :: TEPUI_NEURON_CANCELLED = 3
    integer(c_int32_t), parameter :: TEPUI_NEURON_IDLE = 4

    ! tepui_report_kind
    integer(c_int32_t), parameter :: TEPUI_REPORT_NULL = 0
    integer(c_int32_t), parameter :: TEPUI_REPORT_BOOLEAN_KIND = 1
    integer(c_int32_t), parameter :: TEPUI_REPORT_INTEGER_KIND = 2
    integer(c_int32_t), parameter :: TEPUI_REPORT_REAL_KIND = 3
    integer(c_int32_t), parameter :: TEPUI_REPORT_TEXT_KIND = 4
    integer(c_int32_t), parameter :: TEPUI_REPORT_INTEGERS_KIND = 5
    integer(c_int32_t), parameter :: TEPUI_REPORT_REALS_KIND = 6
    integer(c_int32_t), parameter :: TEPUI_REPORT_ARRAY = 7
    integer(c_int32_t), parameter :: TEPUI_REPORT_OBJECT = 8

    ! tepui_words
    integer(c_int32_t), parameter :: TEPUI_WORDS_VERDICT = 1
    integer(c_int32_t), parameter :: TEPUI_WORDS_RULE = 2
    integer(c_int32_t), parameter :: TEPUI_WORDS_DEFINITENESS = 3
    integer(c_int32_t), parameter :: TEPUI_WORDS_PLATEAU_TYPE = 4
    integer(c_int32_t), parameter :: TEPUI_WORDS_GAMMA_REGION = 5
    integer(c_int32_t), parameter :: TEPUI_WORDS_NEURON_METHOD = 6
    integer(c_int32_t), parameter :: TEPUI_WORDS_HESSIAN_METHOD = 7
    integer(c_int32_t), parameter :: TEPUI_WORDS_PRECISION = 8
    integer(c_int32_t), parameter :: TEPUI_WORDS_GROUP_KIND = 9
    integer(c_int32_t), parameter :: TEPUI_WORDS_NEURON_ROLE = 10
    integer(c_int32_t), parameter :: TEPUI_WORDS_DIRECTIONAL_RULE = 11
    integer(c_int32_t), parameter :: TEPUI_WORDS_ANSWER = 12
    integer(c_int32_t), parameter :: TEPUI_WORDS_SIGN_METHOD = 13
    integer(c_int32_t), parameter :: TEPUI_WORDS_EMBEDDING_RULE = 14
    integer(c_int32_t), parameter :: TEPUI_WORDS_SEVERAL_OUTPUTS_RULE = 15
    integer(c_int32_t), parameter :: TEPUI_WORDS_BRANCH_CONTENT = 16
    integer(c_int32_t), parameter :: TEPUI_WORDS_EXISTENCE = 17
    integer(c_int32_t), parameter :: TEPUI_WORDS_MEETING = 18
    integer(c_int32_t), parameter :: TEPUI_WORDS_START_OUTCOME = 19
    integer(c_int32_t), parameter :: TEPUI_WORDS_TRACE_ENDING = 20
    integer(c_int32_t), parameter :: TEPUI_WORDS_CERTIFICATE_STEP = 21
    integer(c_int32_t), parameter :: TEPUI_WORDS_SIGN_REASON = 22
    integer(c_int32_t), parameter :: TEPUI_WORDS_LOSS = 23
    integer(c_int32_t), parameter :: TEPUI_WORDS_UNIT_KIND = 24
    integer(c_int32_t), parameter :: TEPUI_WORDS_END_VERDICT = 25
    integer(c_int32_t), parameter :: TEPUI_WORDS_END_RULE = 26

    ! tepui_solve_target
    integer(c_int32_t), parameter :: TEPUI_SOLVE_MINIMUM = 1
    integer(c_int32_t), parameter :: TEPUI_SOLVE_STATIONARY = 2

    ! tepui_start_outcome
    integer(c_int32_t), parameter :: TEPUI_START_CONVERGED = 1
    integer(c_int32_t), parameter :: TEPUI_START_STALLED = 2
    integer(c_int32_t), parameter :: TEPUI_START_CANCELLED = 3
    integer(c_int32_t), parameter :: TEPUI_START_AT_INFINITY = 4

    ! tepui_status
    integer(c_int32_t), parameter :: TEPUI_OK = 0
    integer(c_int32_t), parameter :: TEPUI_ERROR_NULL_POINTER = 1
    integer(c_int32_t), parameter :: TEPUI_ERROR_INVALID_SIZE = 2
    integer(c_int32_t), parameter :: TEPUI_ERROR_NOT_FINITE = 3
    integer(c_int32_t), parameter :: TEPUI_ERROR_INVALID_VALUE = 4
    integer(c_int32_t), parameter :: TEPUI_ERROR_OUT_OF_MEMORY = 5
    integer(c_int32_t), parameter :: TEPUI_ERROR_CANCELLED = 6
    integer(c_int32_t), parameter :: TEPUI_ERROR_NOT_STATIONARY = 7
    integer(c_int32_t), parameter :: TEPUI_ERROR_UNSUPPORTED = 8
    integer(c_int32_t), parameter :: TEPUI_ERROR_NUMERIC = 9
    integer(c_int32_t), parameter :: TEPUI_ERROR_CALLBACK = 10
    integer(c_int32_t), parameter :: TEPUI_ERROR_INTERNAL = 11

    ! tepui_trace_ending
    integer(c_int32_t), parameter :: TEPUI_TRACE_AT_REST = 1
    integer(c_int32_t), parameter :: TEPUI_TRACE_ZERO_LOSS = 2
    integer(c_int32_t), parameter :: TEPUI_TRACE_STEP_LIMIT = 3
    integer(c_int32_t), parameter :: TEPUI_TRACE_STUCK = 4
    integer(c_int32_t), parameter :: TEPUI_TRACE_CANCELLED = 5

    interface
        function tepui_certify(context, analysis, certificate) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            type(c_ptr), intent(inout) :: certificate
            integer(c_int32_t) :: answer
        end function
        function tepui_certify_model(context, dataset, verdict, certificate) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: verdict
            type(c_ptr), intent(inout) :: certificate
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_certificate_destroy(certificate) bind(c)
            import
            type(c_ptr), value :: certificate
        end subroutine
        function tepui_certificate_is_complete(certificate) bind(c) result(answer)
            import
            type(c_ptr), value :: certificate
            integer(c_int32_t) :: answer
        end function
        function tepui_certificate_verdict(certificate) bind(c) result(answer)
            import
            type(c_ptr), value :: certificate
            integer(c_int32_t) :: answer
        end function
        function tepui_certificate_report(context, certificate, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: certificate
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_certificate_splits(context, certificate, count, neurons, offsets, gammas, &
            verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: certificate
            integer(c_int64_t), value :: count
            integer(c_int64_t), intent(in) :: neurons(*)
            integer(c_int64_t), intent(in) :: offsets(*)
            real(c_double), intent(in) :: gammas(*)
            integer(c_int32_t), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_analyze(context, dataset, network, analysis) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            type(c_ptr), intent(inout) :: analysis
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_analysis_destroy(analysis) bind(c)
            import
            type(c_ptr), value :: analysis
        end subroutine
        function tepui_analysis_verdict(analysis) bind(c) result(answer)
            import
            type(c_ptr), value :: analysis
            integer(c_int32_t) :: answer
        end function
        function tepui_analysis_rule(analysis) bind(c) result(answer)
            import
            type(c_ptr), value :: analysis
            integer(c_int32_t) :: answer
        end function
        function tepui_analysis_report(context, analysis, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_analysis_timings(context, analysis, timings) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            type(c_ptr), intent(inout) :: timings
            integer(c_int32_t) :: answer
        end function
        function tepui_analysis_witness(analysis) bind(c) result(answer)
            import
            type(c_ptr), value :: analysis
            type(c_ptr) :: answer
        end function
        function tepui_analysis_escape(analysis, neuron) bind(c) result(answer)
            import
            type(c_ptr), value :: analysis
            integer(c_int64_t), value :: neuron
            type(c_ptr) :: answer
        end function
        function tepui_analysis_directions(context, analysis, neuron, negative, &
            positive) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            integer(c_int64_t), value :: neuron
            real(c_double), intent(inout), optional :: negative(*)
            real(c_double), intent(inout), optional :: positive(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_split(context, analysis, neuron, r, gamma, verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            integer(c_int64_t), value :: neuron
            integer(c_int64_t), value :: r
            real(c_double), intent(in) :: gamma(*)
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_each_split(context, analysis, count, neurons, offsets, gammas, &
            verdicts) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            integer(c_int64_t), value :: count
            integer(c_int64_t), intent(in) :: neurons(*)
            integer(c_int64_t), intent(in) :: offsets(*)
            real(c_double), intent(in) :: gammas(*)
            type(c_ptr), intent(inout) :: verdicts(*)
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_split_verdict_destroy(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end subroutine
        function tepui_split_verdict_verdict(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_split_verdict_rule(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_split_verdict_report(context, verdict, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_split_verdict_witness(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_witness_parameter_count(witness) bind(c) result(answer)
            import
            type(c_ptr), value :: witness
            integer(c_int64_t) :: answer
        end function
        function tepui_witness_report(context, witness, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: witness
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_witness_network(context, witness, epsilon, network) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: witness
            real(c_double), value :: epsilon
            type(c_ptr), intent(inout) :: network
            integer(c_int32_t) :: answer
        end function
        function tepui_witness_point(context, witness, epsilon, parameters) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: witness
            real(c_double), value :: epsilon
            real(c_double), intent(inout) :: parameters(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_context_set_collective(context, size, rank, send, receive, user) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int64_t), value :: size
            integer(c_int64_t), value :: rank
            type(c_funptr), value :: send
            type(c_funptr), value :: receive
            type(c_ptr), value :: user
            integer(c_int32_t) :: answer
        end function
        function tepui_context_traffic(context, item, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: item
            integer(c_int64_t), intent(inout) :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_context_create(context) bind(c) result(answer)
            import
            type(c_ptr), intent(inout) :: context
            integer(c_int32_t) :: answer
        end function
        function tepui_context_create_with_allocator(allocate, release, user, context) bind(c) result(answer)
            import
            type(c_funptr), value :: allocate
            type(c_funptr), value :: release
            type(c_ptr), value :: user
            type(c_ptr), intent(inout) :: context
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_context_destroy(context) bind(c)
            import
            type(c_ptr), value :: context
        end subroutine
        function tepui_context_message(context) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr) :: answer
        end function
        function tepui_context_set_integer(context, option, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: option
            integer(c_int64_t), value :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_context_get_integer(context, option, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: option
            integer(c_int64_t), intent(inout) :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_context_integer_bounds(context, option, lower, upper) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: option
            integer(c_int64_t), intent(inout) :: lower
            integer(c_int64_t), intent(inout) :: upper
            integer(c_int32_t) :: answer
        end function
        function tepui_context_set_real(context, option, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: option
            real(c_double), value :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_context_get_real(context, option, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: option
            real(c_double), intent(inout) :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_context_real_bounds(context, option, lower, upper) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: option
            real(c_double), intent(inout) :: lower
            real(c_double), intent(inout) :: upper
            integer(c_int32_t) :: answer
        end function
        function tepui_context_set_progress(context, function, user) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_funptr), value :: function
            type(c_ptr), value :: user
            integer(c_int32_t) :: answer
        end function
        function tepui_version() bind(c) result(answer)
            import
            type(c_ptr) :: answer
        end function
        function tepui_info(context, item, text) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: item
            type(c_ptr), intent(inout) :: text
            integer(c_int32_t) :: answer
        end function
        function tepui_force_isa(context, name) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            character(kind=c_char), intent(in) :: name(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_map_critical_set(context, dataset, network, m, samples, set) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            integer(c_int64_t), value :: m
            integer(c_int64_t), value :: samples
            type(c_ptr), intent(inout) :: set
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_critical_set_destroy(set) bind(c)
            import
            type(c_ptr), value :: set
        end subroutine
        function tepui_critical_set_minimal(set) bind(c) result(answer)
            import
            type(c_ptr), value :: set
            type(c_ptr) :: answer
        end function
        function tepui_critical_set_report(context, set, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: set
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_critical_set_network(set, branch, sample) bind(c) result(answer)
            import
            type(c_ptr), value :: set
            integer(c_int64_t), value :: branch
            integer(c_int64_t), value :: sample
            type(c_ptr) :: answer
        end function
        function tepui_critical_set_witness(set, branch, sample) bind(c) result(answer)
            import
            type(c_ptr), value :: set
            integer(c_int64_t), value :: branch
            integer(c_int64_t), value :: sample
            type(c_ptr) :: answer
        end function
        function tepui_classify_directional(context, dataset, network, kink_offsets, kink_samples, &
            verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            integer(c_int64_t), intent(in), optional :: kink_offsets(*)
            integer(c_int64_t), intent(in), optional :: kink_samples(*)
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_directional_destroy(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end subroutine
        function tepui_directional_verdict(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_directional_rule_of(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_directional_report(context, verdict, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_directional_witness(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_directional_kinks(context, verdict, neuron, samples, count) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            integer(c_int64_t), value :: neuron
            type(c_ptr), intent(inout), optional :: samples
            integer(c_int64_t), intent(inout), optional :: count
            integer(c_int32_t) :: answer
        end function
        function tepui_directional_derivative(context, verdict, neuron, v, value, &
            tolerance) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            integer(c_int64_t), value :: neuron
            real(c_double), intent(in) :: v(*)
            real(c_double), intent(inout), optional :: value
            real(c_double), intent(inout), optional :: tolerance
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_replication(context, verdict, neuron, r, kappa, a, &
            embedding) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            integer(c_int64_t), value :: neuron
            integer(c_int64_t), value :: r
            real(c_double), intent(in), optional :: kappa(*)
            real(c_double), intent(in) :: a(*)
            type(c_ptr), intent(inout) :: embedding
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_added_neuron(context, verdict, w, a, embedding) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            real(c_double), intent(in) :: w(*)
            real(c_double), value :: a
            type(c_ptr), intent(inout) :: embedding
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_directional_embedding_destroy(embedding) bind(c)
            import
            type(c_ptr), value :: embedding
        end subroutine
        function tepui_directional_embedding_verdict(embedding) bind(c) result(answer)
            import
            type(c_ptr), value :: embedding
            integer(c_int32_t) :: answer
        end function
        function tepui_directional_embedding_rule(embedding) bind(c) result(answer)
            import
            type(c_ptr), value :: embedding
            integer(c_int32_t) :: answer
        end function
        function tepui_directional_embedding_network(embedding) bind(c) result(answer)
            import
            type(c_ptr), value :: embedding
            type(c_ptr) :: answer
        end function
        function tepui_directional_embedding_witness(embedding) bind(c) result(answer)
            import
            type(c_ptr), value :: embedding
            type(c_ptr) :: answer
        end function
        function tepui_directional_embedding_report(context, embedding, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: embedding
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_several_outputs(context, dataset, network, p, targets, a, kink_offsets, &
            kink_samples, verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            integer(c_int64_t), value :: p
            real(c_double), intent(in) :: targets(*)
            real(c_double), intent(in) :: a(*)
            integer(c_int64_t), intent(in), optional :: kink_offsets(*)
            integer(c_int64_t), intent(in), optional :: kink_samples(*)
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_several_outputs_destroy(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end subroutine
        function tepui_classify_directional_model(context, dataset, network, kink_offsets, kink_samples, &
            verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            integer(c_int64_t), intent(in), optional :: kink_offsets(*)
            integer(c_int64_t), intent(in), optional :: kink_samples(*)
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_several_outputs_verdict(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_several_outputs_rule_of(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_several_outputs_witness(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_several_outputs_report(context, verdict, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_hidden_layer(context, activation, n, d, x, ldx, m, w, ldw, z, value, first, second, &
            ldz) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: activation
            integer(c_int64_t), value :: n
            integer(c_int64_t), value :: d
            real(c_double), intent(in) :: x(*)
            integer(c_int64_t), value :: ldx
            integer(c_int64_t), value :: m
            real(c_double), intent(in) :: w(*)
            integer(c_int64_t), value :: ldw
            real(c_double), intent(inout), optional :: z(*)
            real(c_double), intent(inout), optional :: value(*)
            real(c_double), intent(inout), optional :: first(*)
            real(c_double), intent(inout), optional :: second(*)
            integer(c_int64_t), value :: ldz
            integer(c_int32_t) :: answer
        end function
        function tepui_weighted_gram(context, n, d, x, ldx, rows, c, ldc, gram) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int64_t), value :: n
            integer(c_int64_t), value :: d
            real(c_double), intent(in) :: x(*)
            integer(c_int64_t), value :: ldx
            integer(c_int64_t), value :: rows
            real(c_double), intent(in) :: c(*)
            integer(c_int64_t), value :: ldc
            real(c_double), intent(inout) :: gram(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_symmetric_eigen(context, count, d, a, values, vectors) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int64_t), value :: count
            integer(c_int64_t), value :: d
            real(c_double), intent(in) :: a(*)
            real(c_double), intent(inout) :: values(*)
            real(c_double), intent(inout), optional :: vectors(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_inspect_layer(context, dataset, network, narrow, morse_index, nullity, &
            layer) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            integer(c_int32_t), value :: narrow
            integer(c_int64_t), value :: morse_index
            integer(c_int64_t), value :: nullity
            type(c_ptr), intent(inout) :: layer
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_layer_destroy(layer) bind(c)
            import
            type(c_ptr), value :: layer
        end subroutine
        function tepui_layer_report(context, layer, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: layer
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_layer_split(context, layer, neuron, r, gamma, split) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: layer
            integer(c_int64_t), value :: neuron
            integer(c_int64_t), value :: r
            real(c_double), intent(in) :: gamma(*)
            type(c_ptr), intent(inout) :: split
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_layer_split_destroy(split) bind(c)
            import
            type(c_ptr), value :: split
        end subroutine
        function tepui_layer_split_verdict(split) bind(c) result(answer)
            import
            type(c_ptr), value :: split
            integer(c_int32_t) :: answer
        end function
        function tepui_layer_split_rule(split) bind(c) result(answer)
            import
            type(c_ptr), value :: split
            integer(c_int32_t) :: answer
        end function
        function tepui_layer_split_report(context, split, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: split
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_layer_way_down(context, layer, neuron, r, gamma, epsilon, w, a, &
            predicted) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: layer
            integer(c_int64_t), value :: neuron
            integer(c_int64_t), value :: r
            real(c_double), intent(in) :: gamma(*)
            real(c_double), value :: epsilon
            real(c_double), intent(inout), optional :: w(*)
            real(c_double), intent(inout), optional :: a(*)
            real(c_double), intent(inout) :: predicted
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_model(context, dataset, network, verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_model_verdict_destroy(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end subroutine
        function tepui_classify_model_splits(context, dataset, verdict, count, neurons, offsets, gammas, &
            split) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: verdict
            integer(c_int64_t), value :: count
            integer(c_int64_t), intent(in) :: neurons(*)
            integer(c_int64_t), intent(in) :: offsets(*)
            real(c_double), intent(in) :: gammas(*)
            type(c_ptr), intent(inout) :: split
            integer(c_int32_t) :: answer
        end function
        function tepui_model_verdict_verdict(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_model_verdict_rule(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_model_verdict_report(context, verdict, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_model_verdict_witness(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_model_verdict_narrow(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_model_verdict_layer(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_dataset_set_targets(context, dataset, loss, parameter, outputs, &
            y) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            integer(c_int32_t), value :: loss
            real(c_double), value :: parameter
            integer(c_int64_t), value :: outputs
            real(c_double), intent(in) :: y(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_set_classes(context, dataset, classes, labels) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            integer(c_int64_t), value :: classes
            integer(c_int64_t), intent(in) :: labels(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_set_custom_loss(context, dataset, function, user, convex, outputs, &
            y) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_funptr), value :: function
            type(c_ptr), value :: user
            integer(c_int32_t), value :: convex
            integer(c_int64_t), value :: outputs
            real(c_double), intent(in) :: y(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_set_decay(context, dataset, weights, hidden_biases, outputs, output_biases, &
            skip) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            real(c_double), value :: weights
            real(c_double), value :: hidden_biases
            real(c_double), value :: outputs
            real(c_double), value :: output_biases
            real(c_double), value :: skip
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_outputs(dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: dataset
            integer(c_int64_t) :: answer
        end function
        function tepui_dataset_loss(dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: dataset
            integer(c_int32_t) :: answer
        end function
        function tepui_network_create_model(context, activation, m, d, outputs, flags, parameters, &
            network) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: activation
            integer(c_int64_t), value :: m
            integer(c_int64_t), value :: d
            integer(c_int64_t), value :: outputs
            integer(c_int32_t), value :: flags
            real(c_double), intent(in) :: parameters(*)
            type(c_ptr), intent(inout) :: network
            integer(c_int32_t) :: answer
        end function
        function tepui_network_set_activation(context, network, neuron, activation) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: network
            integer(c_int64_t), value :: neuron
            type(c_ptr), value :: activation
            integer(c_int32_t) :: answer
        end function
        function tepui_network_outputs(network) bind(c) result(answer)
            import
            type(c_ptr), value :: network
            integer(c_int64_t) :: answer
        end function
        function tepui_network_flags(network) bind(c) result(answer)
            import
            type(c_ptr), value :: network
            integer(c_int32_t) :: answer
        end function
        function tepui_activation_create(context, kind, activation) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int32_t), value :: kind
            type(c_ptr), intent(inout) :: activation
            integer(c_int32_t) :: answer
        end function
        function tepui_activation_create_leaky_relu(context, slope, activation) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            real(c_double), value :: slope
            type(c_ptr), intent(inout) :: activation
            integer(c_int32_t) :: answer
        end function
        function tepui_activation_create_named(context, name, activation) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            character(kind=c_char), intent(in) :: name(*)
            type(c_ptr), intent(inout) :: activation
            integer(c_int32_t) :: answer
        end function
        function tepui_activation_create_custom(context, function, user, smoothness, polynomial, parity, &
            flat_on_negatives, activation) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_funptr), value :: function
            type(c_ptr), value :: user
            integer(c_int32_t), value :: smoothness
            integer(c_int32_t), value :: polynomial
            integer(c_int32_t), value :: parity
            integer(c_int32_t), value :: flat_on_negatives
            type(c_ptr), intent(inout) :: activation
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_activation_destroy(activation) bind(c)
            import
            type(c_ptr), value :: activation
        end subroutine
        function tepui_activation_name(activation) bind(c) result(answer)
            import
            type(c_ptr), value :: activation
            type(c_ptr) :: answer
        end function
        function tepui_activation_is_relu_like(activation) bind(c) result(answer)
            import
            type(c_ptr), value :: activation
            integer(c_int32_t) :: answer
        end function
        function tepui_activation_evaluate(context, activation, count, z, value, first, second, &
            third) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: activation
            integer(c_int64_t), value :: count
            real(c_double), intent(in) :: z(*)
            real(c_double), intent(inout), optional :: value(*)
            real(c_double), intent(inout), optional :: first(*)
            real(c_double), intent(inout), optional :: second(*)
            real(c_double), intent(inout), optional :: third(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_create(context, n, d, x, ldx, y, weights, flags, &
            dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int64_t), value :: n
            integer(c_int64_t), value :: d
            real(c_double), intent(in) :: x(*)
            integer(c_int64_t), value :: ldx
            real(c_double), intent(in), optional :: y(*)
            real(c_double), intent(in), optional :: weights(*)
            integer(c_int32_t), value :: flags
            type(c_ptr), intent(inout) :: dataset
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_create_f32(context, n, d, x, ldx, y, weights, flags, &
            dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int64_t), value :: n
            integer(c_int64_t), value :: d
            real(c_float), intent(in) :: x(*)
            integer(c_int64_t), value :: ldx
            real(c_double), intent(in), optional :: y(*)
            real(c_double), intent(in), optional :: weights(*)
            integer(c_int32_t), value :: flags
            type(c_ptr), intent(inout) :: dataset
            integer(c_int32_t) :: answer
        end function
        function tepui_dataset_create_chunked(context, n, d, function, user, weighted, flags, &
            dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            integer(c_int64_t), value :: n
            integer(c_int64_t), value :: d
            type(c_funptr), value :: function
            type(c_ptr), value :: user
            integer(c_int32_t), value :: weighted
            integer(c_int32_t), value :: flags
            type(c_ptr), intent(inout) :: dataset
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_dataset_destroy(dataset) bind(c)
            import
            type(c_ptr), value :: dataset
        end subroutine
        function tepui_dataset_samples(dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: dataset
            integer(c_int64_t) :: answer
        end function
        function tepui_dataset_inputs(dataset) bind(c) result(answer)
            import
            type(c_ptr), value :: dataset
            integer(c_int64_t) :: answer
        end function
        function tepui_network_create(context, activation, m, d, w, ldw, a, network) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: activation
            integer(c_int64_t), value :: m
            integer(c_int64_t), value :: d
            real(c_double), intent(in), optional :: w(*)
            integer(c_int64_t), value :: ldw
            real(c_double), intent(in), optional :: a(*)
            type(c_ptr), intent(inout) :: network
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_network_destroy(network) bind(c)
            import
            type(c_ptr), value :: network
        end subroutine
        function tepui_network_width(network) bind(c) result(answer)
            import
            type(c_ptr), value :: network
            integer(c_int64_t) :: answer
        end function
        function tepui_network_inputs(network) bind(c) result(answer)
            import
            type(c_ptr), value :: network
            integer(c_int64_t) :: answer
        end function
        function tepui_network_parameter_count(network) bind(c) result(answer)
            import
            type(c_ptr), value :: network
            integer(c_int64_t) :: answer
        end function
        function tepui_network_parameters(network) bind(c) result(answer)
            import
            type(c_ptr), value :: network
            type(c_ptr) :: answer
        end function
        function tepui_loss(context, dataset, network, loss) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(inout) :: loss
            integer(c_int32_t) :: answer
        end function
        function tepui_outputs(context, dataset, network, outputs, residuals) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(inout), optional :: outputs(*)
            real(c_double), intent(inout), optional :: residuals(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_gradient(context, dataset, network, loss, gradient, magnitude) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(inout), optional :: loss
            real(c_double), intent(inout) :: gradient(*)
            real(c_double), intent(inout), optional :: magnitude(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_hessian(context, dataset, network, hessian, ld) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(inout) :: hessian(*)
            integer(c_int64_t), value :: ld
            integer(c_int32_t) :: answer
        end function
        function tepui_hessian_vector(context, dataset, network, direction, product) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(in) :: direction(*)
            real(c_double), intent(inout) :: product(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_classify_network(context, dataset, network, verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_network_verdict_destroy(verdict) bind(c)
            import
            type(c_ptr), value :: verdict
        end subroutine
        function tepui_network_verdict_verdict(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_network_verdict_rule(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_network_verdict_witness(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_network_verdict_report(context, verdict, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: verdict
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_network_verdict_narrow(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_network_verdict_analysis(verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: verdict
            type(c_ptr) :: answer
        end function
        function tepui_classify_splits(context, analysis, count, neurons, offsets, gammas, &
            verdict) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: analysis
            integer(c_int64_t), value :: count
            integer(c_int64_t), intent(in) :: neurons(*)
            integer(c_int64_t), intent(in) :: offsets(*)
            real(c_double), intent(in) :: gammas(*)
            type(c_ptr), intent(inout) :: verdict
            integer(c_int32_t) :: answer
        end function
        function tepui_objective_create(context, dataset, network, objective) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            type(c_ptr), intent(inout) :: objective
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_objective_destroy(objective) bind(c)
            import
            type(c_ptr), value :: objective
        end subroutine
        function tepui_objective_parameter_count(objective) bind(c) result(answer)
            import
            type(c_ptr), value :: objective
            integer(c_int64_t) :: answer
        end function
        function tepui_objective_loss(context, objective, parameters, loss) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: objective
            real(c_double), intent(in) :: parameters(*)
            real(c_double), intent(inout) :: loss
            integer(c_int32_t) :: answer
        end function
        function tepui_objective_gradient(context, objective, parameters, loss, &
            gradient) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: objective
            real(c_double), intent(in) :: parameters(*)
            real(c_double), intent(inout), optional :: loss
            real(c_double), intent(inout) :: gradient(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_objective_hessian(context, objective, parameters, loss, gradient, hessian, &
            ld) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: objective
            real(c_double), intent(in) :: parameters(*)
            real(c_double), intent(inout), optional :: loss
            real(c_double), intent(inout), optional :: gradient(*)
            real(c_double), intent(inout) :: hessian(*)
            integer(c_int64_t), value :: ld
            integer(c_int32_t) :: answer
        end function
        function tepui_objective_hessian_vector(context, objective, parameters, direction, &
            product) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: objective
            real(c_double), intent(in) :: parameters(*)
            real(c_double), intent(in) :: direction(*)
            real(c_double), intent(inout) :: product(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_reduce(context, network, dataset, reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: network
            type(c_ptr), value :: dataset
            type(c_ptr), intent(inout) :: reduction
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_reduction_destroy(reduction) bind(c)
            import
            type(c_ptr), value :: reduction
        end subroutine
        function tepui_reduction_network(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_neurons(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            integer(c_int64_t) :: answer
        end function
        function tepui_reduction_roles(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_groups(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_signs(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_coefficients(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_outputs(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_free_weights(reduction) bind(c) result(answer)
            import
            type(c_ptr), value :: reduction
            type(c_ptr) :: answer
        end function
        function tepui_reduction_report(context, reduction, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: reduction
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_embed(context, narrow, m, role, group, sign, coefficient, w, ldw, &
            wide) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: narrow
            integer(c_int64_t), value :: m
            integer(c_int32_t), intent(in) :: role(*)
            integer(c_int64_t), intent(in) :: group(*)
            integer(c_int32_t), intent(in), optional :: sign(*)
            real(c_double), intent(in) :: coefficient(*)
            real(c_double), intent(in), optional :: w(*)
            integer(c_int64_t), value :: ldw
            type(c_ptr), intent(inout) :: wide
            integer(c_int32_t) :: answer
        end function
        function tepui_embed_outputs(context, narrow, m, role, group, sign, coefficient, outputs, w, ldw, &
            wide) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: narrow
            integer(c_int64_t), value :: m
            integer(c_int32_t), intent(in) :: role(*)
            integer(c_int64_t), intent(in) :: group(*)
            integer(c_int32_t), intent(in), optional :: sign(*)
            real(c_double), intent(in) :: coefficient(*)
            real(c_double), intent(in) :: outputs(*)
            real(c_double), intent(in), optional :: w(*)
            integer(c_int64_t), value :: ldw
            type(c_ptr), intent(inout) :: wide
            integer(c_int32_t) :: answer
        end function
        function tepui_report_json(context, report, json) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            type(c_ptr), intent(inout) :: json
            integer(c_int32_t) :: answer
        end function
        function tepui_report_part(context, report, path, part) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            type(c_ptr), intent(inout) :: part
            integer(c_int32_t) :: answer
        end function
        function tepui_report_kind_of(context, report, path, kind) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            integer(c_int32_t), intent(inout) :: kind
            integer(c_int32_t) :: answer
        end function
        function tepui_report_count(context, report, path, count) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            integer(c_int64_t), intent(inout) :: count
            integer(c_int32_t) :: answer
        end function
        function tepui_report_name(context, report, path, index, name) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            integer(c_int64_t), value :: index
            type(c_ptr), intent(inout) :: name
            integer(c_int32_t) :: answer
        end function
        function tepui_report_real(context, report, path, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            real(c_double), intent(inout) :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_report_integer(context, report, path, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            integer(c_int64_t), intent(inout) :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_report_boolean(context, report, path, value) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            integer(c_int32_t), intent(inout) :: value
            integer(c_int32_t) :: answer
        end function
        function tepui_report_text(context, report, path, text) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            type(c_ptr), intent(inout) :: text
            integer(c_int32_t) :: answer
        end function
        function tepui_report_reals(context, report, path, values, count) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            type(c_ptr), intent(inout) :: values
            integer(c_int64_t), intent(inout) :: count
            integer(c_int32_t) :: answer
        end function
        function tepui_report_integers(context, report, path, values, count) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: report
            character(kind=c_char), intent(in) :: path(*)
            type(c_ptr), intent(inout) :: values
            integer(c_int64_t), intent(inout) :: count
            integer(c_int32_t) :: answer
        end function
        function tepui_name(of, number) bind(c) result(answer)
            import
            integer(c_int32_t), value :: of
            integer(c_int32_t), value :: number
            type(c_ptr) :: answer
        end function
        function tepui_sentence(of, number) bind(c) result(answer)
            import
            integer(c_int32_t), value :: of
            integer(c_int32_t), value :: number
            type(c_ptr) :: answer
        end function
        function tepui_solve(context, dataset, activation, m, solution) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: activation
            integer(c_int64_t), value :: m
            type(c_ptr), intent(inout) :: solution
            integer(c_int32_t) :: answer
        end function
        function tepui_solve_like(context, dataset, network, solution) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            type(c_ptr), intent(inout) :: solution
            integer(c_int32_t) :: answer
        end function
        function tepui_solve_from(context, dataset, network, solution) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            type(c_ptr), intent(inout) :: solution
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_solution_destroy(solution) bind(c)
            import
            type(c_ptr), value :: solution
        end subroutine
        function tepui_solution_points(solution) bind(c) result(answer)
            import
            type(c_ptr), value :: solution
            integer(c_int64_t) :: answer
        end function
        function tepui_solution_point(solution, index) bind(c) result(answer)
            import
            type(c_ptr), value :: solution
            integer(c_int64_t), value :: index
            type(c_ptr) :: answer
        end function
        function tepui_solution_starts(solution) bind(c) result(answer)
            import
            type(c_ptr), value :: solution
            integer(c_int64_t) :: answer
        end function
        function tepui_solution_start_point(solution, index) bind(c) result(answer)
            import
            type(c_ptr), value :: solution
            integer(c_int64_t), value :: index
            type(c_ptr) :: answer
        end function
        function tepui_solution_report(context, solution, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: solution
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_inner_hessian(context, dataset, network, neuron, inner_hessian, &
            ld) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            integer(c_int64_t), value :: neuron
            real(c_double), intent(inout) :: inner_hessian(*)
            integer(c_int64_t), value :: ld
            integer(c_int32_t) :: answer
        end function
        function tepui_inner_hessians(context, dataset, network, inner_hessians) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(inout) :: inner_hessians(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_output_slopes(context, dataset, network, slopes) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), intent(inout) :: slopes(*)
            integer(c_int32_t) :: answer
        end function
        function tepui_split(context, network, neuron, r, gamma, split) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: network
            integer(c_int64_t), value :: neuron
            integer(c_int64_t), value :: r
            real(c_double), intent(in) :: gamma(*)
            type(c_ptr), intent(inout) :: split
            integer(c_int32_t) :: answer
        end function
        function tepui_split_homogeneous(context, network, neuron, r, gamma, split) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: network
            integer(c_int64_t), value :: neuron
            integer(c_int64_t), value :: r
            real(c_double), intent(in) :: gamma(*)
            type(c_ptr), intent(inout) :: split
            integer(c_int32_t) :: answer
        end function
        function tepui_status_name(status) bind(c) result(answer)
            import
            integer(c_int32_t), value :: status
            type(c_ptr) :: answer
        end function
        function tepui_trace_descent(context, dataset, activation, m, initial_scale, max_steps, &
            trace) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: activation
            integer(c_int64_t), value :: m
            real(c_double), value :: initial_scale
            integer(c_int64_t), value :: max_steps
            type(c_ptr), intent(inout) :: trace
            integer(c_int32_t) :: answer
        end function
        function tepui_trace_like(context, dataset, network, initial_scale, max_steps, &
            trace) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: dataset
            type(c_ptr), value :: network
            real(c_double), value :: initial_scale
            integer(c_int64_t), value :: max_steps
            type(c_ptr), intent(inout) :: trace
            integer(c_int32_t) :: answer
        end function
        subroutine tepui_trace_destroy(trace) bind(c)
            import
            type(c_ptr), value :: trace
        end subroutine
        function tepui_trace_report(context, trace, report) bind(c) result(answer)
            import
            type(c_ptr), value :: context
            type(c_ptr), value :: trace
            type(c_ptr), intent(inout) :: report
            integer(c_int32_t) :: answer
        end function
        function tepui_trace_point_network(trace, index) bind(c) result(answer)
            import
            type(c_ptr), value :: trace
            integer(c_int64_t), value :: index
            type(c_ptr) :: answer
        end function
        function tepui_trace_plateau_witness(trace, index) bind(c) result(answer)
            import
            type(c_ptr), value :: trace
            integer(c_int64_t), value :: index
            type(c_ptr) :: answer
        end function
        function tepui_trace_plateau_network(trace, index) bind(c) result(answer)
            import
            type(c_ptr), value :: trace
            integer(c_int64_t), value :: index
            type(c_ptr) :: answer
        end function
    end interface

contains

    ! A text of the library, empty for a null pointer.
    function tepui_string(text) result(string)
        type(c_ptr), intent(in) :: text
        character(:), allocatable :: string
        character(kind=c_char), pointer :: letters(:)
        integer :: i
        interface
            integer(c_size_t) function c_strlen(letters) bind(c, name='strlen')
                import
                type(c_ptr), value :: letters
            end function
        end interface
        if (.not. c_associated(text)) then
            string = ''
            return
        end if
        call c_f_pointer(text, letters, [c_strlen(text)])
        allocate(character(size(letters)) :: string)
        do i = 1, size(letters)
            string(i:i) = letters(i)
        end do
    end function
end module
