! Fits one tanh neuron to a sine whose samples lie on several ranks; rank 0 says what it found, in bits.
program ranks
    use mpi_f08
    use tepui
    use tepui_mpi
    implicit none
    integer(c_int64_t), parameter :: n = 500, one = 1
    integer(c_int64_t) :: first, mine, k
    integer :: size, rank
    real(c_double), allocatable :: x(:, :), y(:)
    real(c_double) :: loss
    type(c_ptr) :: context, sigma, data, fits, report

    call MPI_Init()
    call MPI_Comm_size(MPI_COMM_WORLD, size)
    call MPI_Comm_rank(MPI_COMM_WORLD, rank)
    first = n * rank / size
    mine = n * (rank + 1) / size - first
    allocate (x(1, mine), y(mine))
    x(1, :) = [(-2.0d0 + 4.0d0 * (first + k) / n, k = 0, mine - 1)]
    y = sin(x(1, :))
    call must(tepui_context_create(context))
    call must(tepui_mpi_open(context, MPI_COMM_WORLD))
    call must(tepui_context_set_integer(context, TEPUI_OPTION_GATHERED_VALUES, 0_c_int64_t))
    call must(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, sigma))
    call must(tepui_dataset_create(context, mine, one, x, one, y, flags=TEPUI_DATASET_COPY, dataset=data))
    call must(tepui_solve(context, data, sigma, one, fits))
    call must(tepui_solution_report(context, fits, report))
    call must(tepui_report_real(context, report, 'points/0/loss' // c_null_char, loss))
    if (rank == 0) print '(a, z16)', 'loss ', transfer(loss, 0_c_int64_t)
    call tepui_solution_destroy(fits)
    call tepui_activation_destroy(sigma)
    call tepui_dataset_destroy(data)
    call tepui_context_destroy(context)
    call tepui_mpi_close()
    call MPI_Finalize()

contains
    subroutine must(status)
        integer(c_int32_t), intent(in) :: status
        if (status == TEPUI_OK) return
        print '(a)', tepui_string(tepui_context_message(context))
        error stop 'tepui failed'
    end subroutine
end program
