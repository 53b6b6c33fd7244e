// Written by training/train.py.
const DAMPING: f32 = 40.0;
static FAMILY: [Family; FAMILIES] = [
    Family { scale: 0.144232, bias: -3.657, steps: [(0.0, 20), (0.0, 30), (0.02889, 40), (1.233, 60)] },
    Family { scale: 0.103387, bias: -2.713, steps: [(0.6266, 20), (2.564, 30), (2.564, 40), (5.221, 60)] },
    Family { scale: 0.14287, bias: -2.686, steps: [(0.0, 20), (0.232, 30), (1.309, 40), (2.764, 60)] },
    Family { scale: 0.139263, bias: -4.698, steps: [(0.0, 20), (0.0, 30), (0.0, 40), (1.0, 60)] },
];
