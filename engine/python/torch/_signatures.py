"""What the argument errors of real PyTorch list as accepted.

Written by scripts/oracle/names.py with PyTorch 2.13.0."""

# functions with several signatures (or hidden ones), in the order that is tried
FUNCTIONS = {'add': ['(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)'],
 'addbmm': ['(Tensor input, Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1, Tensor out = '
            'None)'],
 'addcdiv': ['(Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = None)'],
 'addcmul': ['(Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = None)'],
 'addmm': ['(Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = '
           'None)',
           '(Tensor input, Tensor mat1, Tensor mat2, torch.dtype out_dtype, *, Number beta = 1, Number alpha '
           '= 1, Tensor out = None)'],
 'addmv': ['(Tensor input, Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1, Tensor out = None)'],
 'addmv_': ['(Tensor input, Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1)'],
 'addr': ['(Tensor input, Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1, Tensor out = '
          'None)'],
 'all': ['(Tensor input, *, Tensor out = None)',
         '(Tensor input, tuple of ints dim = None, bool keepdim = False, *, Tensor out = None)',
         '(Tensor input, int dim, bool keepdim = False, *, Tensor out = None)'],
 'any': ['(Tensor input, *, Tensor out = None)',
         '(Tensor input, tuple of ints dim = None, bool keepdim = False, *, Tensor out = None)',
         '(Tensor input, int dim, bool keepdim = False, *, Tensor out = None)'],
 'arange': ['(Number end, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, '
            'torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
            '(Number start, Number end, *, torch.dtype dtype = None, torch.layout layout = None, '
            'torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
            '(Number start, Number end, Number step = 1, *, Tensor out = None, torch.dtype dtype = None, '
            'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
            'requires_grad = False)'],
 'argsort': ['(Tensor input, *, bool stable, int dim = -1, bool descending = False, Tensor out = None)',
             '(Tensor input, int dim = -1, bool descending = False)'],
 'baddbmm': ['(Tensor input, Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1, Tensor out '
             '= None)',
             '(Tensor input, Tensor batch1, Tensor batch2, torch.dtype out_dtype, *, Number beta = 1, Number '
             'alpha = 1, Tensor out = None)'],
 'bartlett_window': ['(int window_length, *, torch.dtype dtype = None, torch.layout layout = None, '
                     'torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
                     '(int window_length, bool periodic, *, torch.dtype dtype = None, torch.layout layout = '
                     'None, torch.device device = None, bool pin_memory = False, bool requires_grad = '
                     'False)'],
 'bernoulli': ['(Tensor input, *, torch.Generator generator = None, Tensor out = None)',
               '(Tensor input, float p, *, torch.Generator generator = None)'],
 'bitwise_and': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Number self, Tensor other)',
                 '(Tensor input, Number other, *, Tensor out = None)'],
 'bitwise_left_shift': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Number self, Tensor other)',
                        '(Tensor input, Number other, *, Tensor out = None)'],
 'bitwise_or': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Number self, Tensor other)',
                '(Tensor input, Number other, *, Tensor out = None)'],
 'bitwise_right_shift': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Number self, Tensor other)',
                         '(Tensor input, Number other, *, Tensor out = None)'],
 'bitwise_xor': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Number self, Tensor other)',
                 '(Tensor input, Number other, *, Tensor out = None)'],
 'blackman_window': ['(int window_length, *, torch.dtype dtype = None, torch.layout layout = None, '
                     'torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
                     '(int window_length, bool periodic, *, torch.dtype dtype = None, torch.layout layout = '
                     'None, torch.device device = None, bool pin_memory = False, bool requires_grad = '
                     'False)'],
 'bmm': ['(Tensor input, Tensor mat2, *, Tensor out = None)',
         '(Tensor input, Tensor mat2, torch.dtype out_dtype, *, Tensor out = None)'],
 'bucketize': ['(Tensor input, Tensor boundaries, *, bool out_int32 = False, bool right = False, Tensor out '
               '= None)',
               '(Number self, Tensor boundaries, *, bool out_int32 = False, bool right = False)'],
 'clamp': ['(Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)',
           '(Tensor input, Number min = None, Number max = None, *, Tensor out = None)'],
 'clamp_': ['(Tensor input, Tensor min = None, Tensor max = None)',
            '(Tensor input, Number min = None, Number max = None)'],
 'clamp_max': ['(Tensor input, Tensor max, *, Tensor out = None)',
               '(Tensor input, Number max, *, Tensor out = None)'],
 'clamp_max_': ['(Tensor input, Tensor max)', '(Tensor input, Number max)'],
 'clamp_min': ['(Tensor input, Tensor min, *, Tensor out = None)',
               '(Tensor input, Number min, *, Tensor out = None)'],
 'clamp_min_': ['(Tensor input, Tensor min)', '(Tensor input, Number min)'],
 'clip': ['(Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)',
          '(Tensor input, Number min = None, Number max = None, *, Tensor out = None)'],
 'clip_': ['(Tensor input, Tensor min = None, Tensor max = None)',
           '(Tensor input, Number min = None, Number max = None)'],
 'conv1d': ['(Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of ints '
            'padding = 0, tuple of ints dilation = 1, int groups = 1)',
            '(Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, str padding = '
            '"valid", tuple of ints dilation = 1, int groups = 1)'],
 'conv2d': ['(Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of ints '
            'padding = 0, tuple of ints dilation = 1, int groups = 1)',
            '(Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, str padding = '
            '"valid", tuple of ints dilation = 1, int groups = 1)'],
 'conv3d': ['(Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of ints '
            'padding = 0, tuple of ints dilation = 1, int groups = 1)',
            '(Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, str padding = '
            '"valid", tuple of ints dilation = 1, int groups = 1)'],
 'copysign': ['(Tensor input, Tensor other, *, Tensor out = None)',
              '(Tensor input, Number other, *, Tensor out = None)'],
 'count_nonzero': ['(Tensor input, int dim = None)', '(Tensor input, tuple of ints dim)'],
 'ctc_loss': ['(Tensor log_probs, Tensor targets, tuple of ints input_lengths, tuple of ints target_lengths, '
              'int blank = 0, int reduction = at::Reduction::Mean, bool zero_infinity = False)',
              '(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank = '
              '0, int reduction = at::Reduction::Mean, bool zero_infinity = False)'],
 'cumulative_trapezoid': ['(Tensor y, Tensor x, *, int dim = -1)',
                          '(Tensor y, *, Number dx = 1, int dim = -1)'],
 'dequantize': ['(Tensor input)', '(tuple of Tensors tensors)'],
 'div': ['(Tensor input, Tensor other, *, Tensor out = None)',
         '(Tensor input, Tensor other, *, str rounding_mode, Tensor out = None)',
         '(Tensor input, Number other, *, str rounding_mode)'],
 'divide': ['(Tensor input, Tensor other, *, Tensor out = None)',
            '(Tensor input, Tensor other, *, str rounding_mode, Tensor out = None)',
            '(Tensor input, Number other)', '(Tensor input, Number other, *, str rounding_mode)'],
 'dsmm': ['(Tensor input, Tensor mat2, *, Tensor out = None)',
          '(Tensor input, Tensor mat2, torch.dtype out_dtype, *, Tensor out = None)'],
 'dsplit': ['(Tensor input, int sections)', '(Tensor input, tuple of ints indices)'],
 'embedding_bag': ['(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool '
                   'sparse, Tensor per_sample_weights, bool include_last_offset, int padding_idx)',
                   '(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq = False, int '
                   'mode = 0, bool sparse = False, Tensor per_sample_weights = None, bool '
                   'include_last_offset = False)'],
 'eq': ['(Tensor input, Tensor other, *, Tensor out = None)',
        '(Tensor input, Number other, *, Tensor out = None)'],
 'eye': ['(int n, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device '
         'device = None, bool pin_memory = False, bool requires_grad = False)',
         '(int n, int m, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, '
         'torch.device device = None, bool pin_memory = False, bool requires_grad = False)'],
 'fake_quantize_per_tensor_affine': ['(Tensor input, Tensor scale, Tensor zero_point, int quant_min, int '
                                     'quant_max)',
                                     '(Tensor input, float scale, int zero_point, int quant_min, int '
                                     'quant_max)'],
 'fbgemm_linear_fp16_weight': ['(Tensor input, Tensor packed_weight, Tensor bias)',
                               '(Tensor input, Tensor packed_weight, Tensor bias, Tensor output)'],
 'fbgemm_linear_fp16_weight_fp32_activation': ['(Tensor input, Tensor packed_weight, Tensor bias)',
                                               '(Tensor input, Tensor packed_weight, Tensor bias, Tensor '
                                               'output)'],
 'fbgemm_pack_quantized_matrix': ['(Tensor input)', '(Tensor input, int K, int N)'],
 'fill': ['(Tensor input, Tensor value)', '(Tensor input, Number value)'],
 'fill_': ['(Tensor input, Tensor value)', '(Tensor input, Number value)'],
 'float_power': ['(Tensor input, Tensor exponent, *, Tensor out = None)',
                 '(Number self, Tensor exponent, *, Tensor out = None)',
                 '(Tensor input, Number exponent, *, Tensor out = None)'],
 'floor_divide': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Tensor input, Number other)'],
 'fmod': ['(Tensor input, Tensor other, *, Tensor out = None)',
          '(Tensor input, Number other, *, Tensor out = None)'],
 'ge': ['(Tensor input, Tensor other, *, Tensor out = None)',
        '(Tensor input, Number other, *, Tensor out = None)'],
 'gradient': ['(Tensor input, *, tuple of ints dim, int edge_order = 1)',
              '(Tensor input, *, Number spacing, tuple of ints dim, int edge_order = 1)',
              '(Tensor input, *, Number spacing = None, int dim = None, int edge_order = 1)',
              '(Tensor input, *, tuple of Scalars spacing, int dim = None, int edge_order = 1)',
              '(Tensor input, *, tuple of Scalars spacing, tuple of ints dim, int edge_order = 1)',
              '(Tensor input, *, tuple of Tensors spacing, int dim = None, int edge_order = 1)',
              '(Tensor input, *, tuple of Tensors spacing, tuple of ints dim, int edge_order = 1)'],
 'greater': ['(Tensor input, Tensor other, *, Tensor out = None)',
             '(Tensor input, Number other, *, Tensor out = None)'],
 'greater_equal': ['(Tensor input, Tensor other, *, Tensor out = None)',
                   '(Tensor input, Number other, *, Tensor out = None)'],
 'gru': ['(Tensor data, Tensor batch_sizes, Tensor hx, tuple of Tensors params, bool has_biases, int '
         'num_layers, float dropout, bool train, bool bidirectional)',
         '(Tensor input, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, '
         'bool train, bool bidirectional, bool batch_first)'],
 'gt': ['(Tensor input, Tensor other, *, Tensor out = None)',
        '(Tensor input, Number other, *, Tensor out = None)'],
 'hamming_window': ['(int window_length, *, torch.dtype dtype = None, torch.layout layout = None, '
                    'torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
                    '(int window_length, bool periodic, *, torch.dtype dtype = None, torch.layout layout = '
                    'None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
                    '(int window_length, bool periodic, float alpha, *, torch.dtype dtype = None, '
                    'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
                    'requires_grad = False)',
                    '(int window_length, bool periodic, float alpha, float beta, *, torch.dtype dtype = '
                    'None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, '
                    'bool requires_grad = False)'],
 'hann_window': ['(int window_length, *, torch.dtype dtype = None, torch.layout layout = None, torch.device '
                 'device = None, bool pin_memory = False, bool requires_grad = False)',
                 '(int window_length, bool periodic, *, torch.dtype dtype = None, torch.layout layout = '
                 'None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)'],
 'histogram': ['(Tensor input, Tensor bins, *, Tensor weight = None, bool density = False, tuple of Tensors '
               'out = None)',
               '(Tensor input, int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool '
               'density = False, tuple of Tensors out = None)'],
 'histogramdd': ['(Tensor input, int bins, tuple of floats range = None, Tensor weight = None, bool density '
                 '= False)',
                 '(Tensor input, tuple of ints bins, tuple of floats range = None, Tensor weight = None, '
                 'bool density = False)',
                 '(Tensor input, tuple of Tensors bins, tuple of floats range = None, Tensor weight = None, '
                 'bool density = False)'],
 'hsplit': ['(Tensor input, int sections)', '(Tensor input, tuple of ints indices)'],
 'index_fill': ['(Tensor input, int dim, Tensor index, Tensor value)',
                '(Tensor input, int dim, Tensor index, Number value)'],
 'is_autocast_enabled': ['(str device_type)', '()'],
 'isin': ['(Tensor elements, Tensor test_elements, *, bool assume_unique = False, bool invert = False, '
          'Tensor out = None)',
          '(Number element, Tensor test_elements, *, bool assume_unique = False, bool invert = False, Tensor '
          'out = None)',
          '(Tensor elements, Number test_element, *, bool assume_unique = False, bool invert = False, Tensor '
          'out = None)'],
 'kaiser_window': ['(int window_length, *, torch.dtype dtype = None, torch.layout layout = None, '
                   'torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
                   '(int window_length, bool periodic, *, torch.dtype dtype = None, torch.layout layout = '
                   'None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)',
                   '(int window_length, bool periodic, float beta, *, torch.dtype dtype = None, torch.layout '
                   'layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = '
                   'False)'],
 'le': ['(Tensor input, Tensor other, *, Tensor out = None)',
        '(Tensor input, Number other, *, Tensor out = None)'],
 'lerp': ['(Tensor input, Tensor end, Tensor weight, *, Tensor out = None)',
          '(Tensor input, Tensor end, Number weight, *, Tensor out = None)'],
 'less': ['(Tensor input, Tensor other, *, Tensor out = None)',
          '(Tensor input, Number other, *, Tensor out = None)'],
 'less_equal': ['(Tensor input, Tensor other, *, Tensor out = None)',
                '(Tensor input, Number other, *, Tensor out = None)'],
 'linalg.cond': ['(Tensor input, Number p = None, *, Tensor out = None)',
                 '(Tensor input, str p, *, Tensor out = None)'],
 'linalg.matrix_norm': ['(Tensor input, Number ord, tuple of ints dim = {-2,-1}, bool keepdim = False, *, '
                        'torch.dtype dtype = None, Tensor out = None)',
                        '(Tensor input, str ord = "fro", tuple of ints dim = {-2,-1}, bool keepdim = False, '
                        '*, torch.dtype dtype = None, Tensor out = None)'],
 'linalg.matrix_rank': ['(Tensor input, *, Tensor atol = None, Tensor rtol = None, bool hermitian = False, '
                        'Tensor out = None)',
                        '(Tensor input, *, float atol = None, float rtol = None, bool hermitian = False, '
                        'Tensor out = None)',
                        '(Tensor input, Tensor tol, bool hermitian = False, *, Tensor out = None)',
                        '(Tensor input, float tol, bool hermitian = False, *, Tensor out = None)'],
 'linalg.norm': ['(Tensor input, Number ord = None, tuple of ints dim = None, bool keepdim = False, *, '
                 'torch.dtype dtype = None, Tensor out = None)',
                 '(Tensor input, str ord, tuple of ints dim = None, bool keepdim = False, *, torch.dtype '
                 'dtype = None, Tensor out = None)'],
 'linalg.pinv': ['(Tensor input, *, Tensor atol = None, Tensor rtol = None, bool hermitian = False, Tensor '
                 'out = None)',
                 '(Tensor input, *, float atol = None, float rtol = None, bool hermitian = False, Tensor out '
                 '= None)',
                 '(Tensor input, Tensor rcond, bool hermitian = False, *, Tensor out = None)',
                 '(Tensor input, float rcond, bool hermitian = False, *, Tensor out = None)'],
 'linspace': ['(Tensor start, Tensor end, int steps, *, Tensor out = None, torch.dtype dtype = None, '
              'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
              'requires_grad = False)',
              '(Number start, Tensor end, int steps, *, Tensor out = None, torch.dtype dtype = None, '
              'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
              'requires_grad = False)',
              '(Tensor start, Number end, int steps, *, Tensor out = None, torch.dtype dtype = None, '
              'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
              'requires_grad = False)',
              '(Number start, Number end, int steps, *, Tensor out = None, torch.dtype dtype = None, '
              'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
              'requires_grad = False)'],
 'logspace': ['(Tensor start, Tensor end, int steps, float base = 10.0, *, Tensor out = None, torch.dtype '
              'dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
              'False, bool requires_grad = False)',
              '(Number start, Tensor end, int steps, float base = 10.0, *, Tensor out = None, torch.dtype '
              'dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
              'False, bool requires_grad = False)',
              '(Tensor start, Number end, int steps, float base = 10.0, *, Tensor out = None, torch.dtype '
              'dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
              'False, bool requires_grad = False)',
              '(Number start, Number end, int steps, float base = 10.0, *, Tensor out = None, torch.dtype '
              'dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
              'False, bool requires_grad = False)'],
 'lstm': ['(Tensor data, Tensor batch_sizes, tuple of Tensors hx, tuple of Tensors params, bool has_biases, '
          'int num_layers, float dropout, bool train, bool bidirectional)',
          '(Tensor input, tuple of Tensors hx, tuple of Tensors params, bool has_biases, int num_layers, '
          'float dropout, bool train, bool bidirectional, bool batch_first)'],
 'lt': ['(Tensor input, Tensor other, *, Tensor out = None)',
        '(Tensor input, Number other, *, Tensor out = None)'],
 'masked_fill': ['(Tensor input, Tensor mask, Tensor value)', '(Tensor input, Tensor mask, Number value)'],
 'max': ['(Tensor input, *, Tensor out = None)', '(Tensor input, Tensor other, *, Tensor out = None)',
         '(Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)'],
 'mean': ['(Tensor input, *, torch.dtype dtype = None, Tensor out = None)',
          '(Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = '
          'None)'],
 'median': ['(Tensor input)',
            '(Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)'],
 'min': ['(Tensor input, *, Tensor out = None)', '(Tensor input, Tensor other, *, Tensor out = None)',
         '(Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)'],
 'miopen_ctc_loss': ['(Tensor log_probs, Tensor targets, tuple of ints input_lengths, tuple of ints '
                     'target_lengths, int blank, bool deterministic, bool zero_infinity)',
                     '(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int '
                     'blank, bool deterministic, bool zero_infinity)'],
 'mm': ['(Tensor input, Tensor mat2, *, Tensor out = None)',
        '(Tensor input, Tensor mat2, torch.dtype out_dtype, *, Tensor out = None)'],
 'moveaxis': ['(Tensor input, int source, int destination)',
              '(Tensor input, tuple of ints source, tuple of ints destination)'],
 'movedim': ['(Tensor input, int source, int destination)',
             '(Tensor input, tuple of ints source, tuple of ints destination)'],
 'multiply': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Tensor input, Number other)'],
 'nanmedian': ['(Tensor input)',
               '(Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)'],
 'nanquantile': ['(Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str interpolation = '
                 '"linear", Tensor out = None)',
                 '(Tensor input, float q, int dim = None, bool keepdim = False, *, str interpolation = '
                 '"linear", Tensor out = None)'],
 'narrow': ['(Tensor input, int dim, Tensor start, int length)',
            '(Tensor input, int dim, int start, int length)'],
 'native_norm': ['(Tensor input, Number p = 2)',
                 '(Tensor input, Number p, tuple of ints dim, bool keepdim, torch.dtype dtype)'],
 'ne': ['(Tensor input, Tensor other, *, Tensor out = None)',
        '(Tensor input, Number other, *, Tensor out = None)'],
 'nn.upsample_bicubic2d': ['(Tensor input, tuple of ints output_size, bool align_corners, tuple of floats '
                           'scale_factors)',
                           '(Tensor input, tuple of ints output_size, bool align_corners, float scales_h = '
                           'None, float scales_w = None, *, Tensor out = None)'],
 'nn.upsample_bilinear2d': ['(Tensor input, tuple of ints output_size, bool align_corners, tuple of floats '
                            'scale_factors)',
                            '(Tensor input, tuple of ints output_size, bool align_corners, float scales_h = '
                            'None, float scales_w = None, *, Tensor out = None)'],
 'nn.upsample_linear1d': ['(Tensor input, tuple of ints output_size, bool align_corners, tuple of floats '
                          'scale_factors)',
                          '(Tensor input, tuple of ints output_size, bool align_corners, float scales = '
                          'None, *, Tensor out = None)'],
 'nn.upsample_nearest1d': ['(Tensor input, tuple of ints output_size, tuple of floats scale_factors)',
                           '(Tensor input, tuple of ints output_size, float scales = None, *, Tensor out = '
                           'None)'],
 'nn.upsample_nearest2d': ['(Tensor input, tuple of ints output_size, tuple of floats scale_factors)',
                           '(Tensor input, tuple of ints output_size, float scales_h = None, float scales_w '
                           '= None, *, Tensor out = None)'],
 'nn.upsample_nearest3d': ['(Tensor input, tuple of ints output_size, tuple of floats scale_factors)',
                           '(Tensor input, tuple of ints output_size, float scales_d = None, float scales_h '
                           '= None, float scales_w = None, *, Tensor out = None)'],
 'nn.upsample_trilinear3d': ['(Tensor input, tuple of ints output_size, bool align_corners, tuple of floats '
                             'scale_factors)',
                             '(Tensor input, tuple of ints output_size, bool align_corners, float scales_d = '
                             'None, float scales_h = None, float scales_w = None, *, Tensor out = None)'],
 'normal': ['(Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)',
            '(Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)',
            '(float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)',
            '(float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = '
            'None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool '
            'pin_memory = False, bool requires_grad = False)'],
 'not_equal': ['(Tensor input, Tensor other, *, Tensor out = None)',
               '(Tensor input, Number other, *, Tensor out = None)'],
 'nuclear_norm': ['(Tensor input, tuple of ints dim, bool keepdim = False, *, Tensor out = None)',
                  '(Tensor input, bool keepdim = False, *, Tensor out = None)'],
 'pow': ['(Tensor input, Tensor exponent, *, Tensor out = None)',
         '(Number self, Tensor exponent, *, Tensor out = None)',
         '(Tensor input, Number exponent, *, Tensor out = None)'],
 'prod': ['(Tensor input, *, torch.dtype dtype = None)',
          '(Tensor input, int dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)'],
 'quantile': ['(Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str interpolation = '
              '"linear", Tensor out = None)',
              '(Tensor input, float q, int dim = None, bool keepdim = False, *, str interpolation = '
              '"linear", Tensor out = None)'],
 'quantize_per_tensor': ['(Tensor input, Tensor scale, Tensor zero_point, torch.dtype dtype)',
                         '(Tensor input, float scale, int zero_point, torch.dtype dtype)',
                         '(tuple of Tensors tensors, Tensor scales, Tensor zero_points, torch.dtype dtype)'],
 'rand': ['(tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, '
          'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
          'requires_grad = False)',
          '(tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, '
          'torch.device device = None, bool pin_memory = False, bool requires_grad = False)'],
 'rand_like': ['(Tensor input, *, torch.Generator generator, torch.memory_format memory_format = None, '
               'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool '
               'pin_memory = False, bool requires_grad = False)',
               '(Tensor input, *, torch.memory_format memory_format = None, torch.dtype dtype = None, '
               'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
               'requires_grad = False)'],
 'randint': ['(int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype '
             'dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, '
             'bool requires_grad = False)',
             '(int high, tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout '
             'layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = '
             'False)',
             '(int low, int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, '
             'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool '
             'pin_memory = False, bool requires_grad = False)',
             '(int low, int high, tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, '
             'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
             'requires_grad = False)'],
 'randint_like': ['(Tensor input, int low, int high, *, torch.Generator generator, torch.memory_format '
                  'memory_format = None, torch.dtype dtype = None, torch.layout layout = None, torch.device '
                  'device = None, bool pin_memory = False, bool requires_grad = False)',
                  '(Tensor input, int low, int high, *, torch.memory_format memory_format = None, '
                  'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool '
                  'pin_memory = False, bool requires_grad = False)',
                  '(Tensor input, Tensor high, *, torch.Generator generator, torch.memory_format '
                  'memory_format = None, torch.dtype dtype = None, torch.layout layout = None, torch.device '
                  'device = None, bool pin_memory = False, bool requires_grad = False)',
                  '(Tensor input, Tensor high, *, torch.memory_format memory_format = None, torch.dtype '
                  'dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
                  'False, bool requires_grad = False)',
                  '(Tensor input, int high, *, torch.Generator generator, torch.memory_format memory_format '
                  '= None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, '
                  'bool pin_memory = False, bool requires_grad = False)',
                  '(Tensor input, int high, *, torch.memory_format memory_format = None, torch.dtype dtype = '
                  'None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, '
                  'bool requires_grad = False)'],
 'randn': ['(tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, '
           'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
           'requires_grad = False)',
           '(tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, '
           'torch.device device = None, bool pin_memory = False, bool requires_grad = False)'],
 'randn_like': ['(Tensor input, *, torch.Generator generator, torch.memory_format memory_format = None, '
                'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool '
                'pin_memory = False, bool requires_grad = False)',
                '(Tensor input, *, torch.memory_format memory_format = None, torch.dtype dtype = None, '
                'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
                'requires_grad = False)'],
 'randperm': ['(int n, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, '
              'torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool '
              'requires_grad = False)',
              '(int n, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, '
              'torch.device device = None, bool pin_memory = False, bool requires_grad = False)'],
 'remainder': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Number self, Tensor other)',
               '(Tensor input, Number other, *, Tensor out = None)'],
 'repeat_interleave': ['(Tensor input, Tensor repeats, int dim = None, *, int output_size = None)',
                       '(Tensor repeats, *, int output_size = None)',
                       '(Tensor input, int repeats, int dim = None, *, int output_size = None)'],
 'result_type': ['(Tensor tensor, Tensor other)', '(Number scalar, Tensor tensor)',
                 '(Tensor tensor, Number other)', '(Number scalar1, Number scalar2)'],
 'rnn_relu': ['(Tensor data, Tensor batch_sizes, Tensor hx, tuple of Tensors params, bool has_biases, int '
              'num_layers, float dropout, bool train, bool bidirectional)',
              '(Tensor input, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float '
              'dropout, bool train, bool bidirectional, bool batch_first)'],
 'rnn_tanh': ['(Tensor data, Tensor batch_sizes, Tensor hx, tuple of Tensors params, bool has_biases, int '
              'num_layers, float dropout, bool train, bool bidirectional)',
              '(Tensor input, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float '
              'dropout, bool train, bool bidirectional, bool batch_first)'],
 'round': ['(Tensor input, *, Tensor out = None)', '(Tensor input, *, int decimals, Tensor out = None)'],
 'round_': ['(Tensor input)', '(Tensor input, *, int decimals)'],
 'rsub': ['(Tensor input, Tensor other, *, Number alpha = 1)',
          '(Tensor input, Number other, Number alpha = 1)'],
 'saddmm': ['(Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = '
            'None)'],
 'scatter': ['(Tensor input, int dim, Tensor index, Tensor src, *, Tensor out = None)',
             '(Tensor input, int dim, Tensor index, Tensor src, *, str reduce, Tensor out = None)',
             '(Tensor input, int dim, Tensor index, Number value, *, Tensor out = None)',
             '(Tensor input, int dim, Tensor index, Number value, *, str reduce, Tensor out = None)'],
 'searchsorted': ['(Tensor sorted_sequence, Tensor input, *, bool out_int32 = False, bool right = False, str '
                  'side = None, Tensor sorter = None, Tensor out = None)',
                  '(Tensor sorted_sequence, Number self, *, bool out_int32 = False, bool right = False, str '
                  'side = None, Tensor sorter = None, Tensor out = None)'],
 'set_autocast_enabled': ['(str device_type, bool enabled)', '(bool enabled)'],
 'sort': ['(Tensor input, *, bool stable, int dim = -1, bool descending = False, tuple of Tensors out = '
          'None)',
          '(Tensor input, int dim = -1, bool descending = False, *, tuple of Tensors out = None)'],
 'sparse_bsc_tensor': ['(object ccol_indices, object row_indices, object values, tuple of ints size, *, '
                       'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, '
                       'bool pin_memory = False, bool requires_grad = False, bool check_invariants = None)',
                       '(object ccol_indices, object row_indices, object values, *, torch.dtype dtype = '
                       'None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
                       'False, bool requires_grad = False, bool check_invariants = None)'],
 'sparse_bsr_tensor': ['(object crow_indices, object col_indices, object values, tuple of ints size, *, '
                       'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, '
                       'bool pin_memory = False, bool requires_grad = False, bool check_invariants = None)',
                       '(object crow_indices, object col_indices, object values, *, torch.dtype dtype = '
                       'None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
                       'False, bool requires_grad = False, bool check_invariants = None)'],
 'sparse_compressed_tensor': ['(object compressed_indices, object plain_indices, object values, tuple of '
                              'ints size, *, torch.dtype dtype = None, torch.layout layout = None, '
                              'torch.device device = None, bool pin_memory = False, bool requires_grad = '
                              'False, bool check_invariants = None)',
                              '(object compressed_indices, object plain_indices, object values, *, '
                              'torch.dtype dtype = None, torch.layout layout = None, torch.device device = '
                              'None, bool pin_memory = False, bool requires_grad = False, bool '
                              'check_invariants = None)'],
 'sparse_coo_tensor': ['(object indices, object values, *, torch.dtype dtype = None, torch.device device = '
                       'None, bool pin_memory = False, bool requires_grad = False, bool check_invariants = '
                       'None, bool is_coalesced = None)',
                       '(object indices, object values, tuple of ints size, *, torch.dtype dtype = None, '
                       'torch.device device = None, bool pin_memory = False, bool requires_grad = False, '
                       'bool check_invariants = None, bool is_coalesced = None)',
                       '(tuple of ints size, *, torch.dtype dtype = None, torch.device device = None, bool '
                       'requires_grad = False, bool check_invariants = None)'],
 'sparse_csc_tensor': ['(object ccol_indices, object row_indices, object values, tuple of ints size, *, '
                       'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, '
                       'bool pin_memory = False, bool requires_grad = False, bool check_invariants = None)',
                       '(object ccol_indices, object row_indices, object values, *, torch.dtype dtype = '
                       'None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
                       'False, bool requires_grad = False, bool check_invariants = None)'],
 'sparse_csr_tensor': ['(object crow_indices, object col_indices, object values, tuple of ints size, *, '
                       'torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, '
                       'bool pin_memory = False, bool requires_grad = False, bool check_invariants = None)',
                       '(object crow_indices, object col_indices, object values, *, torch.dtype dtype = '
                       'None, torch.layout layout = None, torch.device device = None, bool pin_memory = '
                       'False, bool requires_grad = False, bool check_invariants = None)'],
 'special.chebyshev_polynomial_t': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                    '(Number x, Tensor n, *, Tensor out = None)',
                                    '(Tensor x, Number n, *, Tensor out = None)'],
 'special.chebyshev_polynomial_u': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                    '(Number x, Tensor n, *, Tensor out = None)',
                                    '(Tensor x, Number n, *, Tensor out = None)'],
 'special.chebyshev_polynomial_v': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                    '(Number x, Tensor n, *, Tensor out = None)',
                                    '(Tensor x, Number n, *, Tensor out = None)'],
 'special.chebyshev_polynomial_w': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                    '(Number x, Tensor n, *, Tensor out = None)',
                                    '(Tensor x, Number n, *, Tensor out = None)'],
 'special.hermite_polynomial_h': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                  '(Number x, Tensor n, *, Tensor out = None)',
                                  '(Tensor x, Number n, *, Tensor out = None)'],
 'special.hermite_polynomial_he': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                   '(Number x, Tensor n, *, Tensor out = None)',
                                   '(Tensor x, Number n, *, Tensor out = None)'],
 'special.laguerre_polynomial_l': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                   '(Number x, Tensor n, *, Tensor out = None)',
                                   '(Tensor x, Number n, *, Tensor out = None)'],
 'special.legendre_polynomial_p': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                   '(Number x, Tensor n, *, Tensor out = None)',
                                   '(Tensor x, Number n, *, Tensor out = None)'],
 'special.shifted_chebyshev_polynomial_t': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                            '(Number x, Tensor n, *, Tensor out = None)',
                                            '(Tensor x, Number n, *, Tensor out = None)'],
 'special.shifted_chebyshev_polynomial_u': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                            '(Number x, Tensor n, *, Tensor out = None)',
                                            '(Tensor x, Number n, *, Tensor out = None)'],
 'special.shifted_chebyshev_polynomial_v': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                            '(Number x, Tensor n, *, Tensor out = None)',
                                            '(Tensor x, Number n, *, Tensor out = None)'],
 'special.shifted_chebyshev_polynomial_w': ['(Tensor x, Tensor n, *, Tensor out = None)',
                                            '(Number x, Tensor n, *, Tensor out = None)',
                                            '(Tensor x, Number n, *, Tensor out = None)'],
 'special.xlog1py': ['(Tensor input, Tensor other, *, Tensor out = None)',
                     '(Number self, Tensor other, *, Tensor out = None)',
                     '(Tensor input, Number other, *, Tensor out = None)'],
 'special.xlogy': ['(Tensor input, Tensor other, *, Tensor out = None)',
                   '(Number self, Tensor other, *, Tensor out = None)',
                   '(Tensor input, Number other, *, Tensor out = None)'],
 'special.zeta': ['(Tensor input, Tensor other, *, Tensor out = None)',
                  '(Number self, Tensor other, *, Tensor out = None)',
                  '(Tensor input, Number other, *, Tensor out = None)'],
 'spmm': ['(Tensor input, Tensor mat2, *, Tensor out = None)',
          '(Tensor input, Tensor mat2, torch.dtype out_dtype, *, Tensor out = None)'],
 'squeeze': ['(Tensor input)', '(Tensor input, int dim)', '(Tensor input, tuple of ints dim)'],
 'squeeze_copy': ['(Tensor input, *, Tensor out = None)', '(Tensor input, int dim, *, Tensor out = None)',
                  '(Tensor input, tuple of ints dim, *, Tensor out = None)'],
 'sspaddmm': ['(Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = '
              'None)'],
 'std': ['(Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False, *, Tensor out = '
         'None)',
         '(Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False, Tensor '
         'out = None)',
         '(Tensor input, bool unbiased = True)'],
 'std_mean': ['(Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False)',
              '(Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False)',
              '(Tensor input, bool unbiased = True)'],
 'sub': ['(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)'],
 'subtract': ['(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)',
              '(Tensor input, Number other, Number alpha = 1)'],
 'sum': ['(Tensor input, *, torch.dtype dtype = None)',
         '(Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = '
         'None)'],
 'tensor_split': ['(Tensor input, tuple of ints indices, int dim = 0)',
                  '(Tensor input, Tensor tensor_indices_or_sections, int dim = 0)',
                  '(Tensor input, int sections, int dim = 0)'],
 'trapezoid': ['(Tensor y, Tensor x, *, int dim = -1)', '(Tensor y, *, Number dx = 1, int dim = -1)'],
 'trapz': ['(Tensor y, *, float dx = 1, int dim = -1)', '(Tensor y, Tensor x, *, int dim = -1)'],
 'true_divide': ['(Tensor input, Tensor other, *, Tensor out = None)', '(Tensor input, Number other)'],
 'var': ['(Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False, *, Tensor out = '
         'None)',
         '(Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False, Tensor '
         'out = None)',
         '(Tensor input, bool unbiased = True)'],
 'var_mean': ['(Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False)',
              '(Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False)',
              '(Tensor input, bool unbiased = True)'],
 'view_copy': ['(Tensor input, torch.dtype dtype, *, Tensor out = None)',
               '(Tensor input, tuple of ints size, *, Tensor out = None)'],
 'vsplit': ['(Tensor input, int sections)', '(Tensor input, tuple of ints indices)'],
 'where': ['(Tensor condition)', '(Tensor condition, Tensor input, Tensor other, *, Tensor out = None)',
           '(Tensor condition, Number self, Tensor other)', '(Tensor condition, Tensor input, Number other)',
           '(Tensor condition, Number self, Number other)'],
 'xlogy': ['(Tensor input, Tensor other, *, Tensor out = None)',
           '(Number self, Tensor other, *, Tensor out = None)',
           '(Tensor input, Number other, *, Tensor out = None)'],
 'xlogy_': ['(Tensor input, Tensor other)', '(Tensor input, Number other)']}

# the same for methods of Tensor
METHODS = {'add': ['(Tensor other, *, Number alpha = 1)'],
 'add_': ['(Tensor other, *, Number alpha = 1)'],
 'addbmm': ['(Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)'],
 'addbmm_': ['(Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)'],
 'addcdiv': ['(Tensor tensor1, Tensor tensor2, *, Number value = 1)'],
 'addcdiv_': ['(Tensor tensor1, Tensor tensor2, *, Number value = 1)'],
 'addcmul': ['(Tensor tensor1, Tensor tensor2, *, Number value = 1)'],
 'addcmul_': ['(Tensor tensor1, Tensor tensor2, *, Number value = 1)'],
 'addmm': ['(Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1)'],
 'addmm_': ['(Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1)'],
 'addmv': ['(Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1)'],
 'addmv_': ['(Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1)'],
 'addr': ['(Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1)'],
 'addr_': ['(Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1)'],
 'all': ['()', '(tuple of ints dim = None, bool keepdim = False)', '(int dim, bool keepdim = False)'],
 'any': ['()', '(tuple of ints dim = None, bool keepdim = False)', '(int dim, bool keepdim = False)'],
 'argsort': ['(*, bool stable, int dim = -1, bool descending = False)',
             '(int dim = -1, bool descending = False)'],
 'baddbmm': ['(Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)'],
 'baddbmm_': ['(Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1)'],
 'bernoulli': ['(*, torch.Generator generator = None)', '(float p, *, torch.Generator generator = None)'],
 'bernoulli_': ['(Tensor p, *, torch.Generator generator = None)',
                '(float p = 0.5, *, torch.Generator generator = None)'],
 'bitwise_and': ['(Tensor other)', '(Number other)'],
 'bitwise_and_': ['(Tensor other)', '(Number other)'],
 'bitwise_left_shift': ['(Tensor other)', '(Number other)'],
 'bitwise_left_shift_': ['(Tensor other)', '(Number other)'],
 'bitwise_or': ['(Tensor other)', '(Number other)'],
 'bitwise_or_': ['(Tensor other)', '(Number other)'],
 'bitwise_right_shift': ['(Tensor other)', '(Number other)'],
 'bitwise_right_shift_': ['(Tensor other)', '(Number other)'],
 'bitwise_xor': ['(Tensor other)', '(Number other)'],
 'bitwise_xor_': ['(Tensor other)', '(Number other)'],
 'clamp': ['(Tensor min = None, Tensor max = None)', '(Number min = None, Number max = None)'],
 'clamp_': ['(Tensor min = None, Tensor max = None)', '(Number min = None, Number max = None)'],
 'clamp_max': ['(Tensor max)', '(Number max)'],
 'clamp_max_': ['(Tensor max)', '(Number max)'],
 'clamp_min': ['(Tensor min)', '(Number min)'],
 'clamp_min_': ['(Tensor min)', '(Number min)'],
 'clip': ['(Tensor min = None, Tensor max = None)', '(Number min = None, Number max = None)'],
 'clip_': ['(Tensor min = None, Tensor max = None)', '(Number min = None, Number max = None)'],
 'copy_': ['(Tensor other, bool non_blocking = False)'],
 'copysign': ['(Tensor other)', '(Number other)'],
 'copysign_': ['(Tensor other)', '(Number other)'],
 'count_nonzero': ['(int dim = None)', '(tuple of ints dim)'],
 'cuda': ['(torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = '
          'None)'],
 'div': ['(Tensor other)', '(Tensor other, *, str rounding_mode)', '(Number other, *, str rounding_mode)'],
 'div_': ['(Tensor other)', '(Tensor other, *, str rounding_mode)', '(Number other, *, str rounding_mode)'],
 'divide': ['(Tensor other)', '(Tensor other, *, str rounding_mode)', '(Number other)',
            '(Number other, *, str rounding_mode)'],
 'divide_': ['(Tensor other)', '(Tensor other, *, str rounding_mode)', '(Number other)',
             '(Number other, *, str rounding_mode)'],
 'dsplit': ['(int sections)', '(tuple of ints indices)'],
 'eq': ['(Tensor other)', '(Number other)'],
 'eq_': ['(Tensor other)', '(Number other)'],
 'fill_': ['(Tensor value)', '(Number value)'],
 'float_power': ['(Tensor exponent)', '(Number exponent)'],
 'float_power_': ['(Tensor exponent)', '(Number exponent)'],
 'floor_divide': ['(Tensor other)', '(Number other)'],
 'floor_divide_': ['(Tensor other)', '(Number other)'],
 'fmod': ['(Tensor other)', '(Number other)'],
 'fmod_': ['(Tensor other)', '(Number other)'],
 'ge': ['(Tensor other)', '(Number other)'],
 'ge_': ['(Tensor other)', '(Number other)'],
 'greater': ['(Tensor other)', '(Number other)'],
 'greater_': ['(Tensor other)', '(Number other)'],
 'greater_equal': ['(Tensor other)', '(Number other)'],
 'greater_equal_': ['(Tensor other)', '(Number other)'],
 'gt': ['(Tensor other)', '(Number other)'],
 'gt_': ['(Tensor other)', '(Number other)'],
 'histogram': ['(Tensor bins, *, Tensor weight = None, bool density = False)',
               '(int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool density = '
               'False)'],
 'hsplit': ['(int sections)', '(tuple of ints indices)'],
 'index_fill': ['(int dim, Tensor index, Tensor value)', '(int dim, Tensor index, Number value)'],
 'index_fill_': ['(int dim, Tensor index, Tensor value)', '(int dim, Tensor index, Number value)'],
 'ipu': ['(torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = '
         'None)'],
 'le': ['(Tensor other)', '(Number other)'],
 'le_': ['(Tensor other)', '(Number other)'],
 'lerp': ['(Tensor end, Tensor weight)', '(Tensor end, Number weight)'],
 'lerp_': ['(Tensor end, Tensor weight)', '(Tensor end, Number weight)'],
 'less': ['(Tensor other)', '(Number other)'],
 'less_': ['(Tensor other)', '(Number other)'],
 'less_equal': ['(Tensor other)', '(Number other)'],
 'less_equal_': ['(Tensor other)', '(Number other)'],
 'lt': ['(Tensor other)', '(Number other)'],
 'lt_': ['(Tensor other)', '(Number other)'],
 'masked_fill': ['(Tensor mask, Tensor value)', '(Tensor mask, Number value)'],
 'masked_fill_': ['(Tensor mask, Tensor value)', '(Tensor mask, Number value)'],
 'max': ['()', '(Tensor other)', '(int dim, bool keepdim = False)'],
 'mean': ['(*, torch.dtype dtype = None)',
          '(tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)'],
 'median': ['()', '(int dim, bool keepdim = False)'],
 'min': ['()', '(Tensor other)', '(int dim, bool keepdim = False)'],
 'moveaxis': ['(int source, int destination)', '(tuple of ints source, tuple of ints destination)'],
 'movedim': ['(int source, int destination)', '(tuple of ints source, tuple of ints destination)'],
 'mtia': ['(torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = '
          'None)'],
 'multiply': ['(Tensor other)', '(Number other)'],
 'multiply_': ['(Tensor other)', '(Number other)'],
 'nanmedian': ['()', '(int dim, bool keepdim = False)'],
 'nanquantile': ['(Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear")',
                 '(float q, int dim = None, bool keepdim = False, *, str interpolation = "linear")'],
 'narrow': ['(int dim, Tensor start, int length)', '(int dim, int start, int length)'],
 'ne': ['(Tensor other)', '(Number other)'],
 'ne_': ['(Tensor other)', '(Number other)'],
 'new': ['(*, torch.device device = None)', '(torch.Storage storage)', '(Tensor other)',
         '(tuple of ints size, *, torch.device device = None)',
         '(object data, *, torch.device device = None)'],
 'nonzero': ['()', '(*, bool as_tuple)'],
 'not_equal': ['(Tensor other)', '(Number other)'],
 'not_equal_': ['(Tensor other)', '(Number other)'],
 'pow': ['(Tensor exponent)', '(Number exponent)'],
 'pow_': ['(Tensor exponent)', '(Number exponent)'],
 'prod': ['(*, torch.dtype dtype = None)', '(int dim, bool keepdim = False, *, torch.dtype dtype = None)'],
 'quantile': ['(Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear")',
              '(float q, int dim = None, bool keepdim = False, *, str interpolation = "linear")'],
 'random_': ['(*, torch.Generator generator = None)',
             '(int from, int to, *, torch.Generator generator = None)',
             '(int to, *, torch.Generator generator = None)'],
 'remainder': ['(Tensor other)', '(Number other)'],
 'remainder_': ['(Tensor other)', '(Number other)'],
 'repeat_interleave': ['(Tensor repeats, int dim = None, *, int output_size = None)',
                       '(int repeats, int dim = None, *, int output_size = None)'],
 'round': ['()', '(*, int decimals)'],
 'round_': ['()', '(*, int decimals)'],
 'scatter': ['(int dim, Tensor index, Tensor src)', '(int dim, Tensor index, Tensor src, *, str reduce)',
             '(int dim, Tensor index, Number value)',
             '(int dim, Tensor index, Number value, *, str reduce)'],
 'scatter_': ['(int dim, Tensor index, Tensor src)', '(int dim, Tensor index, Tensor src, *, str reduce)',
              '(int dim, Tensor index, Number value)',
              '(int dim, Tensor index, Number value, *, str reduce)'],
 'set_': ['()', '(torch.Storage source)',
          '(torch.Storage source, int storage_offset, tuple of ints size, tuple of ints stride = None)',
          '(Tensor source)',
          '(Tensor source, int storage_offset, tuple of ints size, tuple of ints stride = None)'],
 'sort': ['(*, bool stable, int dim = -1, bool descending = False)',
          '(int dim = -1, bool descending = False)'],
 'squeeze': ['()', '(int dim)', '(tuple of ints dim)'],
 'squeeze_': ['()', '(int dim)', '(tuple of ints dim)'],
 'sspaddmm': ['(Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1)'],
 'std': ['(tuple of ints dim, bool unbiased = True, bool keepdim = False)',
         '(tuple of ints dim = None, *, Number correction = None, bool keepdim = False)',
         '(bool unbiased = True)'],
 'sub': ['(Tensor other, *, Number alpha = 1)'],
 'sub_': ['(Tensor other, *, Number alpha = 1)'],
 'subtract': ['(Tensor other, *, Number alpha = 1)', '(Number other, Number alpha = 1)'],
 'subtract_': ['(Tensor other, *, Number alpha = 1)', '(Number other, Number alpha = 1)'],
 'sum': ['(*, torch.dtype dtype = None)',
         '(tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)'],
 'tensor_split': ['(tuple of ints indices, int dim = 0)', '(Tensor tensor_indices_or_sections, int dim = 0)',
                  '(int sections, int dim = 0)'],
 'to': ['(torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = '
        'False, *, torch.memory_format memory_format = None)',
        '(torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format '
        'memory_format = None)',
        '(Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format '
        '= None)'],
 'to_sparse': ['(*, torch.layout layout = None, tuple of ints blocksize = None, int dense_dim = None)',
               '(int sparse_dim)'],
 'true_divide': ['(Tensor other)', '(Number other)'],
 'true_divide_': ['(Tensor other)', '(Number other)'],
 'type': ['(object dtype = None, bool non_blocking = False, *, torch.memory_format memory_format = None)'],
 'var': ['(tuple of ints dim, bool unbiased = True, bool keepdim = False)',
         '(tuple of ints dim = None, *, Number correction = None, bool keepdim = False)',
         '(bool unbiased = True)'],
 'view': ['(torch.dtype dtype)', '(tuple of ints size)'],
 'vsplit': ['(int sections)', '(tuple of ints indices)'],
 'where': ['(Tensor condition, Tensor other)', '(Tensor condition, Number other)'],
 'xlogy': ['(Tensor other)', '(Number other)'],
 'xlogy_': ['(Tensor other)', '(Number other)'],
 'xpu': ['(torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = '
         'None)']}

# methods of Tensor that take nothing
NO_ARGUMENTS = ['abs', 'abs_', 'absolute', 'absolute_', 'acos', 'acos_', 'acosh', 'acosh_', 'adjoint', 'angle', 'arccos',
 'arccos_', 'arccosh', 'arccosh_', 'arcsin', 'arcsin_', 'arcsinh', 'arcsinh_', 'arctan', 'arctan_', 'arctanh',
 'arctanh_', 'argwhere', 'asin', 'asin_', 'asinh', 'asinh_', 'atan', 'atan_', 'atanh', 'atanh_',
 'bitwise_not', 'bitwise_not_', 'ccol_indices', 'ceil', 'ceil_', 'coalesce', 'col_indices', 'conj',
 'conj_physical', 'conj_physical_', 'const_data_ptr', 'corrcoef', 'cos', 'cos_', 'cosh', 'cosh_',
 'crow_indices', 'data_ptr', 'deg2rad', 'deg2rad_', 'dense_dim', 'dequantize', 'det', 'detach', 'detach_',
 'digamma', 'digamma_', 'dim', 'element_size', 'erf', 'erf_', 'erfc', 'erfc_', 'erfinv', 'erfinv_', 'exp',
 'exp2', 'exp2_', 'exp_', 'expm1', 'expm1_', 'fix', 'fix_', 'fliplr', 'flipud', 'floor', 'floor_', 'frac',
 'frac_', 'frexp', 'geqrf', 'get_device', 'i0', 'i0_', 'indices', 'int_repr', 'inverse', 'is_coalesced',
 'is_complex', 'is_conj', 'is_distributed', 'is_floating_point', 'is_inference', 'is_neg', 'is_nonzero',
 'is_signed', 'isfinite', 'isinf', 'isnan', 'isneginf', 'isposinf', 'isreal', 'item', 'lgamma', 'lgamma_',
 'log', 'log10', 'log10_', 'log1p', 'log1p_', 'log2', 'log2_', 'log_', 'logdet', 'logical_not',
 'logical_not_', 'matrix_exp', 'msort', 'ndimension', 'neg', 'neg_', 'negative', 'negative_', 'nelement',
 'numel', 'positive', 'q_per_channel_axis', 'q_per_channel_scales', 'q_per_channel_zero_points', 'q_scale',
 'q_zero_point', 'qscheme', 'rad2deg', 'rad2deg_', 'ravel', 'reciprocal', 'reciprocal_', 'relu', 'relu_',
 'resolve_conj', 'resolve_neg', 'retain_grad', 'row_indices', 'rsqrt', 'rsqrt_', 'sgn', 'sgn_', 'sigmoid',
 'sigmoid_', 'sign', 'sign_', 'signbit', 'sin', 'sin_', 'sinc', 'sinc_', 'sinh', 'sinh_', 'slogdet',
 'sparse_dim', 'sqrt', 'sqrt_', 'square', 'square_', 'storage_offset', 't', 't_', 'tan', 'tan_', 'tanh',
 'tanh_', 'tolist', 'trace', 'trunc', 'trunc_', 'untyped_storage', 'values', 'zero_']

# functions that real PyTorch defines in Python: their parameters
PYTHON = {'Tensor.backward': 'self, gradient=None, retain_graph=None, create_graph=False, inputs=None',
 'Tensor.dim_order': 'self, ambiguity_check=False',
 'Tensor.eig': 'self, eigenvectors=False',
 'Tensor.index': 'self, positions, dims',
 'Tensor.is_shared': 'self',
 'Tensor.istft': 'self, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, '
                 'onesided=None, length=None, return_complex=False',
 'Tensor.lstsq': 'self, other',
 'Tensor.lu': 'self, pivot=True, get_infos=False',
 'Tensor.module_load': 'self, other, assign=False',
 'Tensor.norm': "self, p='fro', dim=None, keepdim=False, dtype=None",
 'Tensor.register_hook': 'self, hook',
 'Tensor.register_post_accumulate_grad_hook': 'self, hook',
 'Tensor.reinforce': 'self, reward',
 'Tensor.resize': 'self, *sizes',
 'Tensor.resize_as': 'self, tensor',
 'Tensor.share_memory_': 'self',
 'Tensor.solve': 'self, other',
 'Tensor.split': 'self, split_size, dim=0',
 'Tensor.stft': 'self, n_fft, hop_length=None, win_length=None, window=None, center=True, '
                "pad_mode='reflect', normalized=False, onesided=None, return_complex=None, "
                'align_to_window=None',
 'Tensor.storage': 'self',
 'Tensor.storage_type': 'self',
 'Tensor.symeig': 'self, eigenvectors=False',
 'Tensor.to_sparse_coo': 'self',
 'Tensor.unflatten': 'self, dim, sizes',
 'Tensor.unique': 'self, sorted=True, return_inverse=False, return_counts=False, dim=None',
 'Tensor.unique_consecutive': 'self, return_inverse=False, return_counts=False, dim=None',
 'are_deterministic_algorithms_enabled': '',
 'atleast_1d': '*tensors',
 'atleast_2d': '*tensors',
 'atleast_3d': '*tensors',
 'block_diag': '*tensors',
 'broadcast_shapes': '*shapes',
 'broadcast_tensors': '*tensors',
 'cartesian_prod': '*tensors',
 'cdist': "x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary'",
 'chain_matmul': '*matrices, out=None',
 'classproperty': 'func',
 'compile': 'model=None, fullgraph=False, dynamic=None, backend=None, mode=None, options=None, name=None, '
            'disable=False, recompile_limit=None, isolate_recompiles=False, shapes_spec=None',
 'compiled_with_cxx11_abi': '',
 'cond': 'pred, true_fn, false_fn, operands=()',
 'eig': 'self, eigenvectors=False, e=None, v=None',
 'einsum': '*args',
 'from_dlpack': 'ext_tensor, device=None, copy=None',
 'get_default_device': '',
 'get_deterministic_debug_mode': '',
 'get_file_path': '*path_components',
 'get_float32_matmul_precision': '',
 'get_rng_state': '',
 'initial_seed': '',
 'is_deterministic_algorithms_warn_only_enabled': '',
 'is_storage': 'obj',
 'is_tensor': 'obj',
 'is_warn_always_enabled': '',
 'load': 'f, map_location=None, pickle_module=None, weights_only=None, mmap=None, **pickle_load_args',
 'lobpcg': 'A, k=None, B=None, X=None, n=None, iK=None, niter=None, tol=None, largest=None, method=None, '
           'tracker=None, ortho_iparams=None, ortho_fparams=None, ortho_bparams=None',
 'lstsq': 'input, A, out=None',
 'lu': '*args, **kwargs',
 'manual_seed': 'seed',
 'matrix_rank': 'input, tol=None, symmetric=False, out=None',
 'meshgrid': '*tensors, indexing=None',
 'nn.functional.adaptive_avg_pool2d': 'input, output_size',
 'nn.functional.adaptive_avg_pool3d': 'input, output_size',
 'nn.functional.adaptive_max_pool1d': '*args, **kwargs',
 'nn.functional.adaptive_max_pool1d_with_indices': 'input, output_size, return_indices=False',
 'nn.functional.adaptive_max_pool2d': '*args, **kwargs',
 'nn.functional.adaptive_max_pool2d_with_indices': 'input, output_size, return_indices=False',
 'nn.functional.adaptive_max_pool3d': '*args, **kwargs',
 'nn.functional.adaptive_max_pool3d_with_indices': 'input, output_size, return_indices=False',
 'nn.functional.affine_grid': 'theta, size, align_corners=None',
 'nn.functional.alpha_dropout': 'input, p=0.5, training=False, inplace=False',
 'nn.functional.assert_int_or_pair': 'arg, arg_name, message',
 'nn.functional.batch_norm': 'input, running_mean, running_var, weight=None, bias=None, training=False, '
                             'momentum=0.1, eps=1e-05',
 'nn.functional.binary_cross_entropy': 'input, target, weight=None, size_average=None, reduce=None, '
                                       "reduction='mean'",
 'nn.functional.binary_cross_entropy_with_logits': 'input, target, weight=None, size_average=None, '
                                                   "reduce=None, reduction='mean', pos_weight=None",
 'nn.functional.boolean_dispatch': 'arg_name, arg_index, default, if_true, if_false, module_name, func_name',
 'nn.functional.celu': 'input, alpha=1.0, inplace=False',
 'nn.functional.cosine_embedding_loss': 'input1, input2, target, margin=0, size_average=None, reduce=None, '
                                        "reduction='mean'",
 'nn.functional.cross_entropy': 'input, target, weight=None, size_average=None, ignore_index=-100, '
                                "reduce=None, reduction='mean', label_smoothing=0.0",
 'nn.functional.ctc_loss': "log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', "
                           'zero_infinity=False',
 'nn.functional.dropout': 'input, p=0.5, training=True, inplace=False',
 'nn.functional.dropout1d': 'input, p=0.5, training=True, inplace=False',
 'nn.functional.dropout2d': 'input, p=0.5, training=True, inplace=False',
 'nn.functional.dropout3d': 'input, p=0.5, training=True, inplace=False',
 'nn.functional.elu': 'input, alpha=1.0, inplace=False',
 'nn.functional.embedding': 'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, '
                            'scale_grad_by_freq=False, sparse=False',
 'nn.functional.embedding_bag': 'input, weight, offsets=None, max_norm=None, norm_type=2, '
                                "scale_grad_by_freq=False, mode='mean', sparse=False, "
                                'per_sample_weights=None, include_last_offset=False, padding_idx=None',
 'nn.functional.feature_alpha_dropout': 'input, p=0.5, training=False, inplace=False',
 'nn.functional.fold': 'input, output_size, kernel_size, dilation=1, padding=0, stride=1',
 'nn.functional.fractional_max_pool2d': '*args, **kwargs',
 'nn.functional.fractional_max_pool2d_with_indices': 'input, kernel_size, output_size=None, '
                                                     'output_ratio=None, return_indices=False, '
                                                     '_random_samples=None',
 'nn.functional.fractional_max_pool3d': '*args, **kwargs',
 'nn.functional.fractional_max_pool3d_with_indices': 'input, kernel_size, output_size=None, '
                                                     'output_ratio=None, return_indices=False, '
                                                     '_random_samples=None',
 'nn.functional.gaussian_nll_loss': "input, target, var, full=False, eps=1e-06, reduction='mean'",
 'nn.functional.glu': 'input, dim=-1',
 'nn.functional.grid_sample': "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None",
 'nn.functional.group_norm': 'input, num_groups, weight=None, bias=None, eps=1e-05',
 'nn.functional.grouped_mm': 'mat_a, mat_b, offs=None, bias=None, out_dtype=None',
 'nn.functional.gumbel_softmax': 'logits, tau=1, hard=False, eps=1e-10, dim=-1',
 'nn.functional.handle_torch_function': 'public_api, relevant_args, *args, **kwargs',
 'nn.functional.hardsigmoid': 'input, inplace=False',
 'nn.functional.hardswish': 'input, inplace=False',
 'nn.functional.hardtanh': 'input, min_val=-1.0, max_val=1.0, inplace=False',
 'nn.functional.hinge_embedding_loss': 'input, target, margin=1.0, size_average=None, reduce=None, '
                                       "reduction='mean'",
 'nn.functional.huber_loss': "input, target, reduction='mean', delta=1.0, weight=None",
 'nn.functional.instance_norm': 'input, running_mean=None, running_var=None, weight=None, bias=None, '
                                'use_input_stats=True, momentum=0.1, eps=1e-05',
 'nn.functional.interpolate': "input, size=None, scale_factor=None, mode='nearest', align_corners=None, "
                              'recompute_scale_factor=None, antialias=False',
 'nn.functional.kl_div': "input, target, size_average=None, reduce=None, reduction='mean', log_target=False",
 'nn.functional.l1_loss': "input, target, size_average=None, reduce=None, reduction='mean', weight=None",
 'nn.functional.layer_norm': 'input, normalized_shape, weight=None, bias=None, eps=1e-05',
 'nn.functional.leaky_relu': 'input, negative_slope=0.01, inplace=False',
 'nn.functional.linear_cross_entropy': 'input, linear_weight, target, linear_bias=None, weight=None, '
                                       "reduction='mean', ignore_index=None, label_smoothing=0.0, "
                                       'options=None',
 'nn.functional.local_response_norm': 'input, size, alpha=0.0001, beta=0.75, k=1.0',
 'nn.functional.log_softmax': 'input, dim=None, _stacklevel=3, dtype=None',
 'nn.functional.lp_pool1d': 'input, norm_type, kernel_size, stride=None, ceil_mode=False',
 'nn.functional.lp_pool2d': 'input, norm_type, kernel_size, stride=None, ceil_mode=False',
 'nn.functional.lp_pool3d': 'input, norm_type, kernel_size, stride=None, ceil_mode=False',
 'nn.functional.margin_ranking_loss': 'input1, input2, target, margin=0, size_average=None, reduce=None, '
                                      "reduction='mean'",
 'nn.functional.max_pool1d': '*args, **kwargs',
 'nn.functional.max_pool1d_with_indices': 'input, kernel_size, stride=None, padding=0, dilation=1, '
                                          'ceil_mode=False, return_indices=False',
 'nn.functional.max_pool2d': '*args, **kwargs',
 'nn.functional.max_pool2d_with_indices': 'input, kernel_size, stride=None, padding=0, dilation=1, '
                                          'ceil_mode=False, return_indices=False',
 'nn.functional.max_pool3d': '*args, **kwargs',
 'nn.functional.max_pool3d_with_indices': 'input, kernel_size, stride=None, padding=0, dilation=1, '
                                          'ceil_mode=False, return_indices=False',
 'nn.functional.max_unpool1d': 'input, indices, kernel_size, stride=None, padding=0, output_size=None',
 'nn.functional.max_unpool2d': 'input, indices, kernel_size, stride=None, padding=0, output_size=None',
 'nn.functional.max_unpool3d': 'input, indices, kernel_size, stride=None, padding=0, output_size=None',
 'nn.functional.mish': 'input, inplace=False',
 'nn.functional.mse_loss': "input, target, size_average=None, reduce=None, reduction='mean', weight=None",
 'nn.functional.multi_head_attention_forward': 'query, key, value, embed_dim_to_check, num_heads, '
                                               'in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, '
                                               'dropout_p, out_proj_weight, out_proj_bias, training=True, '
                                               'key_padding_mask=None, need_weights=True, attn_mask=None, '
                                               'use_separate_proj_weight=False, q_proj_weight=None, '
                                               'k_proj_weight=None, v_proj_weight=None, static_k=None, '
                                               'static_v=None, average_attn_weights=True, is_causal=False',
 'nn.functional.multi_margin_loss': 'input, target, p=1, margin=1.0, weight=None, size_average=None, '
                                    "reduce=None, reduction='mean'",
 'nn.functional.multilabel_margin_loss': "input, target, size_average=None, reduce=None, reduction='mean'",
 'nn.functional.multilabel_soft_margin_loss': 'input, target, weight=None, size_average=None, reduce=None, '
                                              "reduction='mean'",
 'nn.functional.nll_loss': 'input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, '
                           "reduction='mean'",
 'nn.functional.normalize': 'input, p=2.0, dim=1, eps=1e-12, out=None',
 'nn.functional.pad': "input, pad, mode='constant', value=None",
 'nn.functional.poisson_nll_loss': 'input, target, log_input=True, full=False, size_average=None, eps=1e-08, '
                                   "reduce=None, reduction='mean'",
 'nn.functional.relu': 'input, inplace=False',
 'nn.functional.relu6': 'input, inplace=False',
 'nn.functional.rms_norm': 'input, normalized_shape, weight=None, eps=None',
 'nn.functional.rrelu': 'input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False',
 'nn.functional.scaled_grouped_mm': 'mat_a, mat_b, scale_a, scale_recipe_a, scale_b, scale_recipe_b, '
                                    'swizzle_a=None, swizzle_b=None, bias=None, offs=None, '
                                    'output_dtype=torch.bfloat16, contraction_dim=(), use_fast_accum=False',
 'nn.functional.scaled_mm': 'mat_a, mat_b, scale_a, scale_recipe_a, scale_b, scale_recipe_b, swizzle_a=None, '
                            'swizzle_b=None, bias=None, output_dtype=torch.bfloat16, contraction_dim=(), '
                            'use_fast_accum=False',
 'nn.functional.selu': 'input, inplace=False',
 'nn.functional.sigmoid': 'input',
 'nn.functional.silu': 'input, inplace=False',
 'nn.functional.smooth_l1_loss': "input, target, size_average=None, reduce=None, reduction='mean', beta=1.0",
 'nn.functional.soft_margin_loss': "input, target, size_average=None, reduce=None, reduction='mean'",
 'nn.functional.softmax': 'input, dim=None, _stacklevel=3, dtype=None',
 'nn.functional.softmin': 'input, dim=None, _stacklevel=3, dtype=None',
 'nn.functional.softsign': 'input',
 'nn.functional.tanh': 'input',
 'nn.functional.tanhshrink': 'input',
 'nn.functional.threshold': 'input, threshold, value, inplace=False',
 'nn.functional.triplet_margin_loss': 'anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, '
                                      "size_average=None, reduce=None, reduction='mean'",
 'nn.functional.triplet_margin_with_distance_loss': 'anchor, positive, negative, distance_function=None, '
                                                    "margin=1.0, swap=False, reduction='mean'",
 'nn.functional.unfold': 'input, kernel_size, dilation=1, padding=0, stride=1',
 'nn.functional.upsample': "input, size=None, scale_factor=None, mode='nearest', align_corners=None",
 'nn.functional.upsample_bilinear': 'input, size=None, scale_factor=None',
 'nn.functional.upsample_nearest': 'input, size=None, scale_factor=None',
 'norm': "input, p='fro', dim=None, keepdim=False, out=None, dtype=None",
 'pca_lowrank': 'A, q=None, center=True, niter=2',
 'prepare_multiprocessing_environment': 'path',
 'profiler_allow_cudagraph_cupti_lazy_reinit_cuda12': '',
 'seed': '',
 'set_default_device': 'device',
 'set_default_dtype': 'd',
 'set_default_tensor_type': 't',
 'set_deterministic_debug_mode': 'debug_mode',
 'set_float32_matmul_precision': 'precision',
 'set_printoptions': 'precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, '
                     'sci_mode=None',
 'set_rng_state': 'new_state',
 'set_warn_always': 'b',
 'solve': 'input, A, out=None',
 'split': 'tensor, split_size_or_sections, dim=0',
 'stft': "input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', "
         'normalized=False, onesided=None, return_complex=None, align_to_window=None',
 'svd_lowrank': 'A, q=6, niter=2, M=None',
 'sym_float': 'a',
 'sym_fresh_size': 'expr',
 'sym_int': 'a',
 'sym_ite': 'b, t, f',
 'sym_max': 'a, b',
 'sym_min': 'a, b',
 'sym_not': 'a',
 'sym_sqrt': 'a',
 'sym_sum': '*args',
 'symeig': 'input, eigenvectors=False, upper=True, out=None',
 'tensordot': 'a, b, dims=2, out=None',
 'thread_safe_generator': '',
 'typename': 'obj',
 'unique': '*args, **kwargs',
 'unique_consecutive': '*args, **kwargs',
 'unravel_index': 'indices, shape',
 'use_deterministic_algorithms': 'mode, warn_only=False',
 'vmap': "func, in_dims=0, out_dims=0, randomness='error', chunk_size=None",
 'while_loop': 'cond_fn, body_fn, carried_inputs'}

# methods whose Tensor parameters take Python numbers
NUMBERS = ['add', 'add_', 'copy_', 'div', 'div_', 'mul', 'mul_', 'sub', 'sub_']
