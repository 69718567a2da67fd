"""torch.testing._internal.common_cuda: there is no CUDA."""

TEST_CUDA = TEST_MULTIGPU = TEST_CUDNN = TEST_MAGMA = SM53OrLater = SM60OrLater = SM80OrLater = False
TEST_CUDA_VERSION = TEST_CUDNN_VERSION = 0
