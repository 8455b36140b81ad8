! An activation of the caller's.
module own_activation
    use tepui
    implicit none
contains
    integer(c_int32_t) function squares(user, count, z, value, first, second, third) bind(c)
        type(c_ptr), value :: user, value, first, second, third
        integer(c_int64_t), value :: count
        real(c_double), intent(in) :: z(count)
        if (c_associated(user)) error stop 'user is null'
        call fill(value, z**2)
        call fill(first, 2 * z)
        call fill(second, 2 + 0 * z)
        call fill(third, 0 * z)
        squares = 0
    end function

    subroutine fill(where, values)
        type(c_ptr), intent(in) :: where
        real(c_double), intent(in) :: values(:)
        real(c_double), pointer :: there(:)
        if (.not. c_associated(where)) return
        call c_f_pointer(where, there, [size(values)])
        there = values
    end subroutine
end module

! Fits one tanh neuron of two inputs, prints the verdict on the point and on three splits, and checks the Morse index of
! each against (p - 1) n- + q n+.
program checks
    use tepui
    use own_activation, only: squares
    implicit none
    integer(c_int64_t), parameter :: d = 2, n = 64, zero = 0
    real(c_double) :: x(d, n), y(n), inner(d, d), lambda_min, lambda_max, gammas(2, 3)
    integer(c_int64_t) :: minus, plus, index, k, s, negative, positive
    type(c_ptr) :: context, sigma, data, fits, point, split, report

    do k = 1, n
        x(1, k) = -2.0d0 + 4.0d0 * real(mod(k - 1, 8_c_int64_t), c_double) / 7.0d0
        x(2, k) = -2.0d0 + 4.0d0 * real((k - 1) / 8, c_double) / 7.0d0
        y(k) = sin(x(1, k) + 0.4d0 * x(2, k)) + 0.2d0 * x(2, k)
    end do
    call must(tepui_context_create(context))
    call must(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, sigma))
    call must(tepui_dataset_create(context, n, d, x, d, y, flags=TEPUI_DATASET_BORROW, dataset=data))
    call must(tepui_solve(context, data, sigma, 1_c_int64_t, fits))
    call must(tepui_analyze(context, data, tepui_solution_point(fits, zero), point))
    call must(tepui_inner_hessian(context, data, tepui_solution_point(fits, zero), zero, inner, d))
    call must(tepui_analysis_report(context, point, report))
    call must(tepui_report_real(context, report, 'neurons/0/inner_hessian/lambda_min' // c_null_char, lambda_min))
    call must(tepui_report_real(context, report, 'neurons/0/inner_hessian/lambda_max' // c_null_char, lambda_max))
    call must(tepui_report_integer(context, report, 'neurons/0/inner_hessian/inertia/negative' // c_null_char, minus))
    call must(tepui_report_integer(context, report, 'neurons/0/inner_hessian/inertia/positive' // c_null_char, plus))
    print '(a, i0)', 'verdict of the point ', tepui_analysis_verdict(point)
    if (tepui_analysis_verdict(point) /= TEPUI_VERDICT_LOCAL_MINIMUM) error stop 'a local minimum is expected'
    if (abs(inner(1, 1) + inner(2, 2) - lambda_min - lambda_max) > 1d-9) error stop 'trace and eigenvalues differ'

    gammas = reshape([0.4d0, 0.6d0, 1.5d0, -0.5d0, -2.0d0, 3.0d0], [2, 3])
    do s = 1, 3
        call must(tepui_classify_split(context, point, zero, 2_c_int64_t, gammas(:, s), split))
        call must(tepui_split_verdict_report(context, split, report))
        call must(tepui_report_integer(context, report, 'morse_index' // c_null_char, index))
        positive = count(gammas(:, s) > 0)
        negative = count(gammas(:, s) < 0)
        print '(a, 2f6.2, a, i0, a, i0)', 'gamma', gammas(:, s), ': verdict ', tepui_split_verdict_verdict(split), &
            ', Morse index ', index
        if (index /= (positive - 1) * minus + negative * plus) error stop 'wrong Morse index'
        if ((index > 0) .neqv. &
            (tepui_split_verdict_verdict(split) == TEPUI_VERDICT_SADDLE)) error stop 'verdict and index disagree'
        call tepui_split_verdict_destroy(split)
    end do
    call check_the_rest
    call tepui_analysis_destroy(point)
    call tepui_solution_destroy(fits)
    call tepui_dataset_destroy(data)
    call tepui_activation_destroy(sigma)
    call tepui_context_destroy(context)
    print '(a)', 'all checks passed'

contains
    subroutine must(status)
        integer(c_int32_t), intent(in) :: status
        if (status == TEPUI_OK) return
        print '(a)', tepui_string(tepui_context_message(context))
        error stop 'tepui failed'
    end subroutine

    ! What is optional in C, enumerations by name, callbacks, and a refusal with its sentence.
    subroutine check_the_rest
        real(c_double) :: loss, gradient(d + 1), weights(n), value(2)
        type(c_ptr) :: weighted, wide, own
        type(c_ptr), target :: network
        integer(c_int64_t) :: inputs

        network = tepui_solution_point(fits, zero)
        weights = 2.0d0
        call must(tepui_dataset_create(context, n, d, x, d, y, weights, TEPUI_DATASET_BORROW, weighted))
        call must(tepui_gradient(context, weighted, network, loss, gradient))
        call must(tepui_gradient(context, weighted, network, gradient=gradient))
        if (maxval(abs(gradient)) > 1d-9) error stop 'the point is stationary for equal weights, too'
        call must(tepui_split(context, network, zero, 2_c_int64_t, [0.5d0, 0.5d0], wide))
        if (tepui_network_width(wide) /= 2) error stop 'two daughters'
        if (tepui_string(tepui_name(TEPUI_WORDS_VERDICT, TEPUI_VERDICT_SADDLE)) /= 'saddle') error stop 'names'
        if (tepui_string(c_null_ptr) /= '') error stop 'a null text is empty'
        if (tepui_split(context, network, 7_c_int64_t, 2_c_int64_t, [0.5d0, 0.5d0], wide) &
            /= TEPUI_ERROR_INVALID_SIZE) error stop 'there is no neuron 7'
        if (scan(tepui_string(tepui_context_message(context)), '7') == 0) error stop 'the sentence names it'
        call must(tepui_activation_create_custom(context, c_funloc(squares), c_null_ptr, TEPUI_SMOOTHNESS_ANALYTIC, &
            1, TEPUI_PARITY_EVEN, 0, own))
        call must(tepui_activation_evaluate(context, own, 2_c_int64_t, [3.0d0, -1.0d0], value))
        if (any(abs(value - [9.0d0, 1.0d0]) > 0)) error stop 'the activation of the caller'
        inputs = tepui_dataset_inputs(weighted)
        if (inputs /= d) error stop 'inputs'
        call tepui_activation_destroy(own)
        call tepui_network_destroy(wide)
        call tepui_dataset_destroy(weighted)
    end subroutine
end program
