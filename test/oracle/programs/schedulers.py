import torch
from torch.optim import lr_scheduler

model = torch.nn.Linear(1, 1)


def rates(make, steps=8):
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    scheduler = make(optimizer)
    seen = [scheduler.get_last_lr()[0]]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        seen.append(scheduler.get_last_lr()[0])
    return [round(rate, 6) for rate in seen]


print("step", rates(lambda o: lr_scheduler.StepLR(o, step_size=3, gamma=0.5)))
print("multi", rates(lambda o: lr_scheduler.MultiStepLR(o, milestones=[2, 5], gamma=0.1)))
print("exp", rates(lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9)))
print("cos", rates(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=8)))
print("restarts", rates(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=2, T_mult=2)))
print("linear", rates(lambda o: lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=4)))
print("poly", rates(lambda o: lr_scheduler.PolynomialLR(o, total_iters=6, power=2)))
print("lambda", rates(lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.95**epoch)))
print("cycle", rates(lambda o: lr_scheduler.CyclicLR(o, 0.1, 1.0, step_size_up=3)))
print("one", rates(lambda o: lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=9)))
print(
    "warm-up",
    rates(
        lambda o: lr_scheduler.SequentialLR(
            o,
            [lr_scheduler.ConstantLR(o, factor=0.1, total_iters=2), lr_scheduler.ExponentialLR(o, gamma=0.9)],
            milestones=[3],
        )
    ),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
plateau = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
for loss in [1.0, 0.9, 0.95, 0.91, 0.92, 0.8]:
    optimizer.step()
    plateau.step(loss)
    print(loss, optimizer.param_groups[0]["lr"], plateau.num_bad_epochs)
