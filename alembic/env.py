from app.db import engine
from app.models import Base
from phased.environment import run

run(engine, target_metadata=Base.metadata)
