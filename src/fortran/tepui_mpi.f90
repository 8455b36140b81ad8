! Ranks of MPI from Fortran: what include/tepui/tepui_mpi.h is in C. Compiled with the caller's program and mpif90,
! beside tepui.f90: the library knows no MPI. After MPI_Init:
!
!     status = tepui_mpi_open(context, MPI_COMM_WORLD)
!     ... every rank gives its samples to tepui_dataset_create ...
!     call tepui_mpi_close()            ! when the context and what was made with it are destroyed
module tepui_mpi
    use, intrinsic :: iso_c_binding
    use mpi_f08
    implicit none
    private
    public :: tepui_mpi_open, tepui_mpi_close

    type(MPI_Comm), save :: communicator

    interface
        function set_collective(context, size, rank, send, receive, user) result(status) &
            bind(c, name='tepui_context_set_collective')
            import :: c_ptr, c_funptr, c_int32_t, c_int64_t
            type(c_ptr), value :: context, user
            integer(c_int64_t), value :: size, rank
            type(c_funptr), value :: send, receive
            integer(c_int32_t) :: status
        end function
    end interface

contains

    ! Called by all ranks of the communicator, which is copied: no message of the caller's meets one of the library's.
    function tepui_mpi_open(context, given) result(status)
        type(c_ptr), intent(in) :: context
        type(MPI_Comm), intent(in) :: given
        integer(c_int32_t) :: status
        integer :: size, rank
        call MPI_Comm_dup(given, communicator)
        call MPI_Comm_size(communicator, size)
        call MPI_Comm_rank(communicator, rank)
        status = set_collective(context, int(size, c_int64_t), int(rank, c_int64_t), c_funloc(send), &
                                c_funloc(receive), c_null_ptr)
    end function

    subroutine tepui_mpi_close()
        call MPI_Comm_free(communicator)
    end subroutine

    ! name='': as C's send it would be the one that Open MPI itself calls.
    function send(user, to, bytes, count) result(status) bind(c, name='')
        type(c_ptr), value :: user, bytes
        integer(c_int64_t), value :: to, count
        integer(c_int32_t) :: status
        integer(c_int8_t), pointer :: values(:)
        integer :: answer
        call c_f_pointer(bytes, values, [count])
        call MPI_Send(values, int(count), MPI_BYTE, int(to), 0, communicator, answer)
        status = merge(0, 1, answer == MPI_SUCCESS .and. .not. c_associated(user))
    end function

    function receive(user, from, bytes, count) result(status) bind(c, name='')
        type(c_ptr), value :: user, bytes
        integer(c_int64_t), value :: from, count
        integer(c_int32_t) :: status
        integer(c_int8_t), pointer :: values(:)
        integer :: answer
        call c_f_pointer(bytes, values, [count])
        call MPI_Recv(values, int(count), MPI_BYTE, int(from), 0, communicator, MPI_STATUS_IGNORE, answer)
        status = merge(0, 1, answer == MPI_SUCCESS .and. .not. c_associated(user))
    end function
end module
